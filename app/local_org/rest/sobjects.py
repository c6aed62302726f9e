"""`/sobjects/T` and `/sobjects/T/id`: create, get, update, delete; `/sobjects/T/Ext__c/value`: get and upsert."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.local_org.errors import ApiError, SeveralRecords, Unsupported
from app.local_org.rest.call import ROOT, Answer, Call
from app.local_org.rest.context import Context
from app.local_org.rest.describe import IF_MODIFIED_SINCE, basic_information
from app.local_org.rest.http_dates import header_date, http_date
from app.local_org.rest.older_versions import check_upsert
from app.local_org.rest.resources import Method, Resource


def record_values(body: dict[str, Any], *, but: str | None = None) -> dict[str, Any]:
    """The fields of a request body: without `attributes`; an Id is refused, and so is the field `but`.

    Raises ApiError INVALID_FIELD.
    """
    values = {name: value for name, value in body.items() if name != "attributes"}
    for name in values:
        if name.lower() == "id":
            raise ApiError(400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.")
        if but is not None and name.lower() == but.lower():
            raise ApiError(400, "INVALID_FIELD", f"The {but} field should not be specified in the sobject data.")
    return values


def create(context: Context, call: Call) -> Answer:
    object_name = call.path_args["object"]
    record_id = context.session.create(object_name, record_values(call.json_object()))
    return _created(object_name, record_id, {"id": record_id, "success": True, "errors": []})


def get(context: Context, call: Call) -> Answer:
    object_name, record_id = call.path_args["object"], call.path_args["id"]
    since = header_date(call.headers, "If-Modified-Since")
    if since is not None:
        stamp = context.session.get(object_name, record_id, ["LastModifiedDate"])["LastModifiedDate"]
        changed = datetime.fromisoformat(stamp).replace(microsecond=0)
        if changed <= since:
            return Answer(304, None, {"Last-Modified": http_date(changed)})
    return Answer(200, context.session.get(object_name, record_id, _asked_fields(call)))


def update(context: Context, call: Call) -> Answer:
    context.session.update(
        call.path_args["object"],
        call.path_args["id"],
        record_values(call.json_object()),
        if_unmodified_since=header_date(call.headers, "If-Unmodified-Since"),
    )
    return Answer(204)


def delete(context: Context, call: Call) -> Answer:
    context.session.delete(call.path_args["object"], call.path_args["id"])
    return Answer(204)


def upsert(context: Context, call: Call) -> Answer:
    object_name, field, value = call.path_args["object"], call.path_args["field"], call.path_args["value"]
    if field.lower() == "id":
        raise Unsupported("upsert by Id")
    check_upsert(call.version)
    values = record_values(call.json_object(), but=field)
    try:
        record_id, created = context.session.upsert(object_name, field, value, values)
    except SeveralRecords as several:
        # The one refusal whose body is no error.
        return _several(several.object_name, several.ids)
    body: dict[str, Any] = {"id": record_id, "success": True, "errors": [], "created": created}
    return _created(object_name, record_id, body) if created else Answer(200, body)


def get_by_external_id(context: Context, call: Call) -> Answer:
    found = _found(context, call)
    if isinstance(found, Answer):
        return found
    return Answer(200, context.session.get(call.path_args["object"], found, _asked_fields(call)))


def delete_by_external_id(context: Context, call: Call) -> Answer:
    found = _found(context, call)
    if isinstance(found, Answer):
        return found
    context.session.delete(call.path_args["object"], found)
    return Answer(204)


def _found(context: Context, call: Call) -> str | Answer:
    """The id behind an external id, or the 300 of several. Raises ApiError NOT_FOUND.

    Found through a query, so that the caller's permissions and sharing hold here too.
    """
    object_name, name, value = call.path_args["object"], call.path_args["field"], call.path_args["value"]
    described = {field["name"].lower(): field for field in context.session.describe(object_name)["fields"]}
    field = described.get(name.lower())
    if field is None or not (field["externalId"] or field["idLookup"]):
        raise ApiError(404, "NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {name}")
    if field["soapType"] not in ("xsd:string", "tns:ID"):
        raise Unsupported(f"{call.method} by the external id {name} of type {field['type']}")
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    rows = context.session.query(f"SELECT Id FROM {object_name} WHERE {field['name']} = '{quoted}'")["records"]  # noqa: S608
    if not rows:
        raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
    return rows[0]["Id"] if len(rows) == 1 else _several(object_name, [row["Id"] for row in rows])


def _several(object_name: str, ids: Sequence[str]) -> Answer:
    return Answer(300, [f"{ROOT}/sobjects/{object_name}/{record_id}" for record_id in ids])


def _asked_fields(call: Call) -> list[str] | None:
    text = call.params.get("fields")
    if text is None:
        return None
    return [name.strip() for name in text.split(",") if name.strip()]


def _created(object_name: str, record_id: str, body: dict[str, Any]) -> Answer:
    return Answer(201, body, {"Location": f"{ROOT}/sobjects/{object_name}/{record_id}"})


_FIELDS = frozenset({"fields"})

RESOURCES = (
    Resource(
        ("sobjects", "{object}"),
        {"GET": Method(basic_information, headers=IF_MODIFIED_SINCE), "POST": Method(create)},
    ),
    Resource(
        ("sobjects", "{object}", "{id}"),
        {
            "GET": Method(get, _FIELDS, IF_MODIFIED_SINCE),
            "PATCH": Method(update, headers=frozenset({"if-unmodified-since"})),
            "DELETE": Method(delete),
        },
    ),
    Resource(
        ("sobjects", "{object}", "{field}", "{value}"),
        {
            "GET": Method(get_by_external_id, _FIELDS),
            "PATCH": Method(upsert),
            "DELETE": Method(delete_by_external_id),
        },
    ),
)
