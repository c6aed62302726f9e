"""JSON in: the texts of Salesforce's parser."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local_org.errors import ApiError
from app.local_org.rest.bodies import dump, error_array, parse_json, save_errors
from app.local_org.rest.composite_request import read_composite


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "The HTTP entity body is required, but this request has no entity body."),
        (b"  \n", "The HTTP entity body is required, but this request has no entity body."),
        (b'{"a":1', "Unexpected end-of-input at [line:1, column:7]"),
        (
            b"{\n}}",
            "Unexpected character ('}' (code 125)): expected end of input at [line:2, column:2]",
        ),
        (
            b"{a:1}",
            "Unexpected character ('a' (code 97)): was expecting double-quote to start field name"
            " at [line:1, column:2]",
        ),
        (
            b'{"a" 1}',
            "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value"
            " at [line:1, column:6]",
        ),
        (b'{"a":NaN}', "Non-standard token 'NaN': enable to allow parsing"),
        (b"\xff", "Invalid UTF-8 start byte at 0"),
    ],
)
def test_a_bad_body_is_a_json_parser_error_that_says_where(body: bytes, message: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_json(body)
    assert (refused.value.status, refused.value.code, refused.value.message) == (400, "JSON_PARSER_ERROR", message)


def test_a_refusal_reads_errorcode_in_a_single_call_and_statuscode_in_a_collection() -> None:
    refusal = ApiError(400, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]", ["Name"])
    assert error_array(refusal) == [
        {"message": "Required fields are missing: [Name]", "errorCode": "REQUIRED_FIELD_MISSING", "fields": ["Name"]}
    ]
    assert save_errors(refusal)[0] == {
        "statusCode": "REQUIRED_FIELD_MISSING",
        "message": "Required fields are missing: [Name]",
        "fields": ["Name"],
    }


def test_a_refusal_without_fields_has_none_in_a_single_call_and_an_empty_list_in_a_collection() -> None:
    refusal = ApiError(404, "NOT_FOUND", "The requested resource does not exist")
    assert error_array(refusal) == [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}]
    assert save_errors(refusal)[0]["fields"] == []


def test_an_answer_is_compact_unless_pretty_print_is_asked_for() -> None:
    assert dump({"a": [1, "ü"]}, pretty=False) == '{"a":[1,"ü"]}'.encode()
    assert dump({"a": 1}, pretty=True) == b'{\n  "a" : 1\n}'


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"[" * 100_000, "The body is nested too deeply"),
        (b"9" * 5_000, "Numeric value out of range"),
        (rb'{"a": "\ud83d"}', "Incomplete surrogate pair"),
    ],
)
def test_a_body_that_breaks_the_reader_is_refused_like_any_other(body: bytes, message: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_json(body)
    assert refused.value.message == message
    assert parse_json(rb'"\ud83d\ude00"') == "😀"


@given(st.binary())
def test_whatever_the_bytes_they_are_json_or_a_json_parser_error(body: bytes) -> None:
    try:
        value = parse_json(body)
    except ApiError as error:
        assert error.code == "JSON_PARSER_ERROR"  # noqa: PT017
    else:
        assert parse_json(dump(value, pretty=False)) == value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(JSON)
def test_whatever_the_json_a_composite_is_read_or_refused(value: object) -> None:
    entry = {"method": "GET", "url": "/x", "referenceId": "a", "body": value, "httpHeaders": value}
    with contextlib.suppress(ApiError):
        read_composite({"compositeRequest": [entry, value]})
    with contextlib.suppress(ApiError):
        read_composite({"compositeRequest": value, "allOrNone": value})
