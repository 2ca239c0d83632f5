"""JSON files are read as what is relied on, or not at all."""

import json

import pytest

from genclass.files import records
from genclass.files.records import a_list, an_object, is_count, is_error, is_number, is_text, or_none

REQUIRED, OPTIONAL = {"step": is_count}, {"name": or_none(is_text), "rows": a_list(an_object({"x": is_number}))}


@pytest.mark.parametrize("found", [{"step": 0}, {"step": 3, "name": None, "rows": [], "more": [1]},
                                   {"step": 3, "name": "x", "rows": [{"x": 0.5}, {"x": -1}]}])  # fmt: skip
def test_what_fits_is_given_whole(found, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(found))
    assert records.read(tmp_path / "a.json", REQUIRED, OPTIONAL) == found


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "null", '{"step": true}', '{"step": -1}', '{"step": 1.0}',
                                     '{"step": 1, "name": 1}', '{"step": 1, "rows": [{}]}', '{"step": 1, "rows": {}}',
                                     '{"step": 1, "rows": [{"x": NaN}]}', '{"step": 1, "rows": [{"x": 1e999}]}',
                                     f'{{"step": 1{"0" * 400}}}', "[" * 9999])  # fmt: skip
def test_what_does_not_fit_is_refused(content, tmp_path):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(ValueError):
        records.read(tmp_path / "a.json", REQUIRED, OPTIONAL)


def test_what_cannot_be_read_is_an_error_of_the_system(tmp_path):
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(OSError):
            records.read(path, REQUIRED)


def test_an_error_is_known_by_its_shape():
    assert is_error({"code": "busy", "values": {}, "message": "Busy."})
    assert not any(map(is_error, (None, [], {}, {"code": "busy", "values": [], "message": ""})))
