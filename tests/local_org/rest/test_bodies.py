"""JSON in: the texts of Salesforce's parser."""

import pytest

from app.local_org.errors import ApiError
from app.local_org.rest.bodies import dump, error_array, parse_json, save_error


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
    assert save_error(refusal) == {
        "statusCode": "REQUIRED_FIELD_MISSING",
        "message": "Required fields are missing: [Name]",
        "fields": ["Name"],
    }


def test_a_refusal_without_fields_has_none_in_a_single_call_and_an_empty_list_in_a_collection() -> None:
    refusal = ApiError(404, "NOT_FOUND", "The requested resource does not exist")
    assert error_array(refusal) == [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}]
    assert save_error(refusal)["fields"] == []


def test_an_answer_is_compact_unless_pretty_print_is_asked_for() -> None:
    assert dump({"a": [1, "ü"]}, pretty=False) == '{"a":[1,"ü"]}'.encode()
    assert dump({"a": 1}, pretty=True) == b'{\n  "a" : 1\n}'
