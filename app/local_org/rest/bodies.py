"""JSON in, JSON errors out: the parser's texts and the two error shapes of Salesforce."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from app.local_org.errors import ApiError
from app.local_org.rest.json_value import Json


def _refuse_constant(name: str) -> NoReturn:
    raise ApiError(400, "JSON_PARSER_ERROR", f"Non-standard token '{name}': enable to allow parsing")


def _refuse_lone_surrogates(value: Json) -> None:
    """An escape may spell half of a character; no text can hold it."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ApiError(400, "JSON_PARSER_ERROR", "Incomplete surrogate pair") from error


def parse_json(body: bytes) -> Json:
    """The JSON value. Raises ApiError JSON_PARSER_ERROR with the texts of Salesforce's parser and line and column."""
    if not body.strip():
        raise ApiError(
            400, "JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body."
        )
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ApiError(400, "JSON_PARSER_ERROR", f"Invalid UTF-8 start byte at {error.start}") from error
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
        if "\\ud" in text.lower():
            _refuse_lone_surrogates(value)
    except json.JSONDecodeError as error:
        where = f"at [line:{error.lineno}, column:{error.colno}]"
        if error.pos >= len(text.rstrip()):
            raise ApiError(400, "JSON_PARSER_ERROR", f"Unexpected end-of-input {where}") from error
        found = text[error.pos]
        raise ApiError(
            400,
            "JSON_PARSER_ERROR",
            f"Unexpected character ('{found}' (code {ord(found)})): {_expected(error.msg)} {where}",
        ) from error
    except RecursionError as error:
        raise ApiError(400, "JSON_PARSER_ERROR", "The body is nested too deeply") from error
    except ValueError as error:  # an integer of more digits than Python converts
        raise ApiError(400, "JSON_PARSER_ERROR", "Numeric value out of range") from error
    return value


def _expected(message: str) -> str:
    """The reader's complaint in the words of Salesforce's parser."""
    if message.startswith("Expecting property name"):
        return "was expecting double-quote to start field name"
    if message.startswith("Expecting ',' delimiter"):
        return "was expecting comma to separate entries"
    if message.startswith("Expecting ':' delimiter"):
        return "was expecting a colon to separate field name and value"
    if message.startswith("Extra data"):
        return "expected end of input"
    return "expected a valid value (number, String, array, object, 'true', 'false' or 'null')"


def error_array(error: ApiError) -> list[dict[str, Any]]:
    """The body of a refused request: `[{"message", "errorCode", "fields"?}]`, an entry for each of its refusals."""
    entries: list[dict[str, Any]] = []
    for one in (error, *error.also):
        entry: dict[str, Any] = {"message": one.message, "errorCode": one.code}
        if one.fields is not None:
            entry["fields"] = list(one.fields)
        entries.append(entry)
    return entries


def save_errors(error: ApiError) -> list[dict[str, Any]]:
    """One record's refusals inside a collection: here the key is `statusCode`."""
    return [
        {"statusCode": one.code, "message": one.message, "fields": list(one.fields or ())}
        for one in (error, *error.also)
    ]


def dump(value: Json, *, pretty: bool) -> bytes:
    """The JSON text of an answer; pretty for `X-PrettyPrint: 1`."""
    if pretty:
        return json.dumps(value, ensure_ascii=False, indent=2, separators=(",", " : ")).encode()
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
