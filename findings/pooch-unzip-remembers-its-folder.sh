#!/usr/bin/env bash
# pooch 1.9.0: an `Unzip()` that serves two archives unpacks the second into the folder of the first.
#
# A processor is an object that one makes once and hands to every `retrieve` or `fetch`. At its first
# call `Unzip` (and `Untar`, the same class) stores the folder name that it derives from the archive,
# and from then on takes it for a choice of the user's: the second archive's members land in
# `one.zip.unzip/` and the answer lists the files of both archives. A loop over several archives with
# one processor so reads the rows of the first again with each of the others.
# In the same class, `members=["ads"]` means "begins with": `ads-old/` and `ads.csv` come along.
#
# Seen with Python 3.11, pooch 1.9.0. The script fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --target "$folder/packages" pooch==1.9.0
cd "$folder"
PYTHONPATH=$folder/packages python3 - <<'PY'
import os
import zipfile

import pooch

ARCHIVES = {
    "one": ["a.csv"],
    "two": ["b.csv"],
    "three": ["ads/a.csv", "ads-old/b.csv", "ads.csv"],
}
for name, members in ARCHIVES.items():
    with zipfile.ZipFile(f"{name}.zip", "w") as archive:
        for member in members:
            archive.writestr(member, name)


def unpacked(name, processor):
    """What `retrieve(..., processor=processor)` returns for a downloaded archive."""
    files = processor(os.path.abspath(f"{name}.zip"), "download", None)
    return sorted(os.path.relpath(path) for path in files)


processor = pooch.Unzip()
first, second = unpacked("one", processor), unpacked("two", processor)
print("one.zip:", first, " two.zip, the same processor:", second)
assert first == ["one.zip.unzip/a.csv"]
assert second == ["one.zip.unzip/a.csv", "one.zip.unzip/b.csv"], "each archive has its folder now"

chosen = unpacked("three", pooch.Unzip(members=["ads"]))
print("members=['ads']:", chosen)
assert len(chosen) == 3, "only the folder ads is taken now"
PY
