"""`@{ref.path}` in a composite."""

from typing import Any

import pytest

from app.local_org.errors import ApiError
from app.local_org.rest.references import look_up, substitute, substitute_url

ANSWERS: dict[str, Any] = {
    "made": {"id": "a01xx000003DGb2AAG", "success": True, "errors": []},
    "found": {"totalSize": 1, "records": [{"Id": "005xx", "Name": "Jo & Co", "Note": None, "Size": 3.0}]},
    "many": [{"id": "001"}, {"id": "002"}],
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("made.id", "a01xx000003DGb2AAG"),
        ("made.success", True),
        ("found.records[0].Name", "Jo & Co"),
        ("found.records[0].Note", None),
        ("found.records[0].Size", 3.0),
        ("many[1].id", "002"),
    ],
)
def test_a_path_leads_to_a_value_of_an_earlier_answer(path: str, value: object) -> None:
    assert look_up(path, ANSWERS) == value


@pytest.mark.parametrize(
    "path", ["gone.id", "made.Id", "found.records[1].Id", "found.records", "made", "many[x].id", "made..id", ""]
)
def test_a_path_that_leads_nowhere_halts_the_subrequest_with_the_documented_text(path: str) -> None:
    with pytest.raises(ApiError) as refused:
        look_up(path, ANSWERS)
    assert (refused.value.status, refused.value.code) == (400, "PROCESSING_HALTED")
    reference = path.split(".")[0].split("[")[0]
    assert refused.value.message == (
        f"Invalid reference specified. No value for {path} found in {reference}. Provided referenceId ('{path}') must "
        "start with a letter or a number, and it can contain only letters, numbers and underscores ('_')."
    )


def test_a_body_takes_values_at_any_depth_and_a_whole_reference_keeps_its_type() -> None:
    body = {"a": "@{made.success}", "b": ["x-@{found.records[0].Size}", {"c": "@{found.records[0].Note}"}], "d": 7}
    assert substitute(body, ANSWERS) == {"a": True, "b": ["x-3.0", {"c": None}], "d": 7}


def test_a_value_in_a_url_is_percent_encoded_so_that_it_stays_one_value() -> None:
    url = "/services/data/v66.0/query?q=SELECT+Id+FROM+User+WHERE+Name='@{found.records[0].Name}'&x=1"
    assert substitute_url(url, ANSWERS).endswith("Name='Jo%20%26%20Co'&x=1")
