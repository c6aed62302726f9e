"""`/composite/sobjects`: up to 200 records in one call, of up to ten runs of one type each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from app.local_org.errors import ApiError, Unsupported
from app.local_org.rest.bodies import save_errors
from app.local_org.rest.call import Answer, Call
from app.local_org.rest.context import Context
from app.local_org.rest.json_value import Json
from app.local_org.rest.resources import Method, Resource

MAX_RECORDS = 200
MAX_RETRIEVED = 2000
MAX_CHUNKS = 10

Save = Callable[[], dict[str, Any]]
"""Saves one record: its `{"id", "success", "errors", …}`. Raises ApiError."""


class _RolledBackError(Exception):
    """Leaves the transaction so that it is taken back."""


def create(context: Context, call: Call) -> Answer:
    records, all_or_none = _read_records(call)

    def save(type_name: str, values: dict[str, Any]) -> dict[str, Any]:
        if "id" in {name.lower() for name in values}:
            raise ApiError(400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.")
        return _saved(context.session.create(type_name, values))

    return _save_all(context, [_bound(save, record) for record in records], all_or_none=all_or_none)


def update(context: Context, call: Call) -> Answer:
    records, all_or_none = _read_records(call)

    def save(type_name: str, values: dict[str, Any]) -> dict[str, Any]:
        record_id, rest = _take(values, "id")
        if not isinstance(record_id, str):
            raise ApiError(400, "MISSING_ARGUMENT", "Id not specified in an update call", [])
        context.session.update(type_name, record_id, rest)
        return _saved(record_id)

    return _save_all(context, [_bound(save, record) for record in records], all_or_none=all_or_none)


def upsert(context: Context, call: Call) -> Answer:
    type_of_url, field = call.path_args["object"], call.path_args["field"]
    if field.lower() == "id":
        raise Unsupported("upsert of a collection by Id")
    records, all_or_none = _read_records(call)

    def save(type_name: str, values: dict[str, Any]) -> dict[str, Any]:
        if type_name.lower() != type_of_url.lower():
            raise ApiError(400, "INVALID_TYPE", f"The type {type_name} is not the one of the URL: {type_of_url}")
        value, rest = _take(values, field.lower())
        if value is None or value == "":
            raise ApiError(400, "MISSING_ARGUMENT", f"{field} not specified", [])
        record_id, created = context.session.upsert(type_name, field, str(value), rest)
        return {**_saved(record_id), "created": created}

    return _save_all(context, [_bound(save, record) for record in records], all_or_none=all_or_none)


def delete(context: Context, call: Call) -> Answer:
    ids = [part.strip() for part in call.params.get("ids", "").split(",") if part.strip()]
    _check_count(len(ids), MAX_RECORDS)
    all_or_none = _param_flag(call.params.get("allOrNone", "false"))
    prefixes = _types_by_prefix(context)

    def save(record_id: str) -> dict[str, Any]:
        type_name = prefixes.get(record_id[:3])
        if type_name is None:
            raise ApiError(400, "MALFORMED_ID", f"malformed id {record_id}", [])
        context.session.delete(type_name, record_id)
        return _saved(record_id)

    return _save_all(context, [lambda i=i: save(i) for i in ids], all_or_none=all_or_none)


def retrieve(context: Context, call: Call) -> Answer:
    """`POST {"ids", "fields"}` or `GET ?ids=&fields=`; null stands for a record that the caller does not see."""
    if call.method == "POST":
        body = call.json_object()
        ids, fields = _text_list(body, "ids"), _text_list(body, "fields")
    else:
        ids, fields = (call.params.get(name, "").split(",") for name in ("ids", "fields"))
    _check_count(len(ids), MAX_RETRIEVED)
    context.session.describe(call.path_args["object"])  # An object that is not there is 404, not a list of nulls.

    def row(record_id: str) -> Json:
        try:
            return context.session.get(call.path_args["object"], record_id, fields)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    return Answer(200, [row(record_id) for record_id in ids])


def _save_all(context: Context, saves: Sequence[Save], *, all_or_none: bool) -> Answer:
    """Saves each by itself, or all in one transaction. The status is 200 either way; the body tells."""
    if not all_or_none:
        results = [_attempt(context, save) for save in saves]
        return Answer(200, results, partly_failed=not all(result["success"] for result in results))
    results = list[dict[str, Any]]()
    try:
        with context.org.transaction():
            results = [_attempt(context, save) for save in saves]
            if not all(result["success"] for result in results):
                raise _RolledBackError
    except _RolledBackError:
        return Answer(200, [_rolled_back(result) for result in results], partly_failed=True)
    return Answer(200, results)


def _attempt(context: Context, save: Save) -> dict[str, Any]:
    try:
        with context.org.transaction():
            return save()
    except ApiError as error:
        if error.status == 501:
            raise
        return {"success": False, "errors": save_errors(error)}


def _rolled_back(result: dict[str, Any]) -> dict[str, Any]:
    if not result["success"]:
        return result
    error = ApiError(
        400,
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "Record rolled back because not all records were valid and the request was using AllOrNone header",
    )
    return {"success": False, "errors": save_errors(error)}


def _read_records(call: Call) -> tuple[list[tuple[str, dict[str, Any]]], bool]:
    """The records as (type, values), and allOrNone. Raises ApiError for a bad form, too many records or runs."""
    body = call.json_object()
    for name in body:
        if name not in ("allOrNone", "records"):
            raise ApiError(400, "JSON_PARSER_ERROR", f'Unrecognized field "{name}", not marked as ignorable')
    all_or_none = body.get("allOrNone", False)
    if not isinstance(all_or_none, bool):
        raise ApiError(400, "JSON_PARSER_ERROR", "allOrNone must be true or false")
    entries = body.get("records")
    if not isinstance(entries, list):
        raise ApiError(400, "JSON_PARSER_ERROR", "records must be a list")
    listed = cast(list[Json], entries)
    _check_count(len(listed), MAX_RECORDS)
    records = [_typed(entry) for entry in listed]
    runs = sum(1 for i, (name, _) in enumerate(records) if i == 0 or records[i - 1][0].lower() != name.lower())
    if runs > MAX_CHUNKS:
        raise ApiError(
            400,
            "LIMIT_EXCEEDED",
            f"Cannot have more than {MAX_CHUNKS} chunks in a single operation. "
            "Please rearrange the data to reduce chunking.",
        )
    return records, all_or_none


def _typed(entry: Json) -> tuple[str, dict[str, Any]]:
    record: dict[str, Any] = cast(dict[str, Any], entry) if isinstance(entry, dict) else {}
    attributes: Json = record.get("attributes")
    type_name: Json = cast(dict[str, Any], attributes).get("type") if isinstance(attributes, dict) else None
    if not isinstance(type_name, str):
        raise ApiError(400, "INVALID_INPUT", "attributes.type is required on every record of a collection")
    return type_name, {name: value for name, value in record.items() if name != "attributes"}


def _bound(save: Callable[[str, dict[str, Any]], dict[str, Any]], record: tuple[str, dict[str, Any]]) -> Save:
    return lambda: save(*record)


def _take(values: Mapping[str, Any], folded: str) -> tuple[Any, dict[str, Any]]:
    """The value under a name, whatever its case, and the rest."""
    taken = next((value for name, value in values.items() if name.lower() == folded), None)
    return taken, {name: value for name, value in values.items() if name.lower() != folded}


def _saved(record_id: str) -> dict[str, Any]:
    return {"id": record_id, "success": True, "errors": []}


def _types_by_prefix(context: Context) -> dict[str, str]:
    return {entry["keyPrefix"]: entry["name"] for entry in context.session.describe_global()["sobjects"]}


def _check_count(count: int, most: int) -> None:
    if count > most:
        raise ApiError(
            400, "EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {most} records into this call"
        )


def _text_list(body: dict[str, Any], name: str) -> list[str]:
    value = body.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in cast(list[Json], value)):
        raise ApiError(400, "JSON_PARSER_ERROR", f"{name} must be a list of texts")
    return cast(list[str], value)


def _param_flag(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ApiError(400, "INVALID_INPUT", f"allOrNone must be true or false, not {text}")
    return text.lower() == "true"


RESOURCES = (
    Resource(
        ("composite", "sobjects"),
        {
            "POST": Method(create),
            "PATCH": Method(update),
            "DELETE": Method(delete, frozenset({"ids", "allOrNone"})),
        },
        counted=True,
        in_batch=False,
        since=42,
    ),
    Resource(
        ("composite", "sobjects", "{object}"),
        {"GET": Method(retrieve, frozenset({"ids", "fields"})), "POST": Method(retrieve)},
        counted=True,
        in_batch=False,
        since=42,
    ),
    Resource(
        ("composite", "sobjects", "{object}", "{field}"),
        {"PATCH": Method(upsert)},
        counted=True,
        in_batch=False,
        since=46,
    ),
)
