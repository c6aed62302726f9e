"""The body of a composite, read strictly."""

from typing import Any

import pytest

from app.local_org.errors import ApiError
from app.local_org.rest.composite_request import read_composite

GET: dict[str, Any] = {"method": "GET", "url": "/services/data/v66.0/sobjects", "referenceId": "a"}


def test_a_plain_request_is_read() -> None:
    request = read_composite({"compositeRequest": [GET], "collateSubrequests": True})
    assert not request.all_or_none
    assert request.subrequests[0].reference_id == "a"
    assert request.subrequests[0].body is None


BAD_ID = (
    "Provided referenceId ('{}') must start with a letter or a number, and it can contain only letters, numbers and "
    "underscores ('_')."
)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "compositeRequest must be a list of subrequests"),
    ({"compositeRequest": [GET, GET]}, "Provided referenceId ('a') is not unique."),
    ({"compositeRequest": [{**GET, "referenceId": "refNewAccount[1]"}]}, BAD_ID.format("refNewAccount[1]")),
    ({"compositeRequest": [{**GET, "referenceId": "_a"}]}, BAD_ID.format("_a")),
    ({"compositeRequest": [{"method": "GET", "url": "/x"}]}, "referenceId is required in a subrequest"),
    ({"compositeRequest": [{**GET, "method": "get"}]}, "Cannot deserialize the method 'get'"),
    ({"compositeRequest": ["x"]}, "a subrequest must be an object"),
    ({"compositeRequest": [GET], "allOrNone": "yes"}, "allOrNone must be true or false"),
    (
        {"compositeRequest": [GET], "allornone": True},
        'Unrecognized field "allornone" (Class CompositeRequest), not marked as ignorable',
    ),
    (
        {"compositeRequest": [{**GET, "headers": {}}]},
        'Unrecognized field "headers" (Class CompositeSubrequest), not marked as ignorable',
    ),
    (
        {"compositeRequest": [{**GET, "httpHeaders": {"Authorization": "Bearer x"}}]},
        "The header Authorization can't be specified in a subrequest; it is the top-level request's.",
    ),
]


@pytest.mark.parametrize(("body", "message"), REFUSED)
def test_a_body_of_another_form_fails_the_whole_request(body: dict[str, Any], message: str) -> None:
    with pytest.raises(ApiError) as refused:
        read_composite(body)
    assert (refused.value.status, refused.value.code, refused.value.message) == (400, "JSON_PARSER_ERROR", message)
