#!/usr/bin/env bash
# pyarrow 26.0.1: joining columns of strings row by row with null_handling="skip" loses rows.
#
# pyarrow.compute.binary_join_element_wise joins the strings of a row and, with null_handling="skip",
# leaves out those that are null. A row in which all of them are null does not become an empty string
# or a null: it is missing from the result, which is shorter than its inputs, and every row behind it
# stands one place further up. Put beside the other columns the result is refused for its length, and
# where lengths are not compared, texts belong to the wrong rows. "replace" and "emit_null" keep all
# rows. An input that is null nowhere, such as an empty string as the last column, keeps them too, at
# the price of a separator.
#
# Seen with Python 3.11, pyarrow 26.0.1; narwhals met it too (narwhals-dev/narwhals issue 3965). The
# script fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" pyarrow==26.0.1
PYTHONPATH=$folder/packages python3 - <<'PY'
import pyarrow as pa
import pyarrow.compute as pc

brands = pa.array(["Acme", None, None, "Bolt"])
names = pa.array(["lamp", None, "mat", None])
rows = {
    how: pc.binary_join_element_wise(brands, names, " ", null_handling=how).to_pylist()
    for how in ("skip", "replace", "emit_null")
}
for how, found in rows.items():
    print(f"{how}: {len(found)} of 4 rows: {found}")
assert rows["skip"] == ["Acme lamp", "mat", "Bolt"], "every row has its place now"
assert len(rows["replace"]) == len(rows["emit_null"]) == 4
try:
    pa.table({"brand": brands}).append_column("title", pa.array(rows["skip"]))
except pa.ArrowInvalid as error:
    print(f"beside the other columns: {error}")
else:
    raise SystemExit("a shorter column is taken now")
PY
