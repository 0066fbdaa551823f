"""JSON read strictly: numbers that no quantity has are said in words that help."""

import pytest

from adgen.support.json_files import number_or_digits, parsed_json


def test_a_number_of_thousands_of_digits_is_refused_with_how_many():
    assert parsed_json('{"a": -12}') == {"a": -12}
    with pytest.raises(ValueError, match=r"a number of 5,000 digits; expected 300 at most"):
        parsed_json('{"a": ' + "9" * 5_000 + "}")


def test_such_a_number_stays_its_digits_where_any_text_will_do():
    assert number_or_digits("-12") == -12
    assert number_or_digits("9" * 5_000) == "9" * 5_000
