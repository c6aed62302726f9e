"""Writes that an org refuses: required, length, picklist, unique, lookups, permissions, validation rules."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.checks.areas.query_bodies import meeting_type, pool
from scripts.checks.findings import ANYTHING, NONE, Finding, OneOf, text
from scripts.checks.model import Area, Need, Sure
from scripts.checks.visit import Visit, refusal

AREA = Area("Refused writes")

_CAPTURED = "captured from real orgs"


@AREA.check(
    "writes.required",
    "Required fields without a value are REQUIRED_FIELD_MISSING, listed in the text and in `fields`",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def required(visit: Visit) -> Iterator[Finding]:
    message = "Required fields are missing: [Name]"
    answer = visit.call("POST", "/sobjects/Account", json={"Phone": "1"})
    yield refusal("create", answer, 400, "REQUIRED_FIELD_MISSING", message, ["Name"])
    record_id = visit.account()
    answer = visit.call("PATCH", f"/sobjects/Account/{record_id}", json={"Name": None})
    yield refusal("clear", answer, 400, "REQUIRED_FIELD_MISSING", message, ["Name"])


@AREA.check(
    "writes.too_long",
    "Text over its length is STRING_TOO_LONG: label, value and length in the text, the API name in `fields`",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def too_long(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("POST", "/sobjects/Account", json={"Name": visit.name(), "Phone": "1" * 41})
    message = text(r".*: data value too large: 1{41} \(max length=40\)")
    yield refusal("41 digits", answer, 400, "STRING_TOO_LONG", message, ["Phone"])


@AREA.check(
    "writes.restricted_picklist",
    "A value that a restricted picklist lacks is INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST, with the field's label",
    source=_CAPTURED,
    sure=Sure.FIX,
    needs=(Need.BOOKIT,),
)
def restricted_picklist(visit: Visit) -> Iterator[Finding]:
    record_id = pool(visit)
    path = f"/sobjects/LeanData__BookIt_Pool__c/{record_id}"
    answer = visit.call("PATCH", path, json={"LeanData__Reset_Period__c": "Hourly"})
    message = "Reset Period: bad value for restricted picklist field: Hourly"
    fields = ["LeanData__Reset_Period__c"]
    yield refusal("Hourly", answer, 400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, fields)


@AREA.check(
    "writes.open_picklist",
    "A picklist that is not restricted takes any value over the API",
    source="Salesforce Help, Restricted Picklists",
    sure=Sure.DOC,
)
def open_picklist(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("POST", "/sobjects/Lead", json={"LastName": visit.name(), "Company": "x", "LeadSource": "Owls"})
    if answer.status == 201:
        visit.adopt("Lead", answer.body["id"])
    yield Finding("status", 201, answer.status)


@AREA.check(
    "writes.unique",
    "A second row of a unique value is DUPLICATE_VALUE, and the text names the first by its 15-character id",
    source=_CAPTURED,
    sure=Sure.FIX,
    needs=(Need.SUPPORT,),
)
def unique(visit: Visit) -> Iterator[Finding]:
    key = visit.name()
    first = operation(visit, Operation_Key__c=key)
    answer = visit.call("POST", "/sobjects/BookIt_MCP_Operation__c", json=_operation(key))
    message = f"duplicate value found: Operation_Key__c duplicates value on record with id: {first[:15]}"
    yield refusal("the same key", answer, 400, "DUPLICATE_VALUE", message, [])


@AREA.check(
    "writes.unique_without_case",
    "A unique field that is not case-sensitive takes no value that another row has in another case",
    source="Metadata API Developer Guide, CustomField.caseSensitive",
    sure=Sure.DOC,
    needs=(Need.BOOKIT,),
)
def unique_without_case(visit: Visit) -> Iterator[Finding]:
    key = visit.name("a")
    meeting_type(visit, LeanData__Internal_Name__c=key)
    sent = {
        "LeanData__Internal_Name__c": key.upper(),
        "LeanData__Display_Name__c": key,
        "LeanData__Duration_Minutes__c": 30,
        "LeanData__Product__c": "Links",
    }
    answer = visit.call("POST", "/sobjects/LeanData__BookIt_Meeting_Type__c", json=sent)
    yield Finding("another case", (400, "DUPLICATE_VALUE"), (answer.status, answer.body[0]["errorCode"]))


@AREA.check(
    "writes.unique_after_delete",
    "A deleted row does not hold its unique value",
    source="background knowledge, long-standing",
    sure=Sure.BG,
    needs=(Need.SUPPORT,),
)
def unique_after_delete(visit: Visit) -> Iterator[Finding]:
    key = visit.name()
    visit.call("DELETE", f"/sobjects/BookIt_MCP_Operation__c/{operation(visit, Operation_Key__c=key)}")
    answer = visit.call("POST", "/sobjects/BookIt_MCP_Operation__c", json=_operation(key))
    visit.adopt("BookIt_MCP_Operation__c", answer.body["id"])
    yield Finding("status", 201, answer.status)


@AREA.check(
    "writes.unknown_field",
    "A field that does not exist is INVALID_FIELD, `No such column … on sobject of type …`",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def unknown_field(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("POST", "/sobjects/Account", json={"Name": visit.name(), "Nope__c": 1})
    yield refusal("Nope__c", answer, 400, "INVALID_FIELD", "No such column 'Nope__c' on sobject of type Account")


@AREA.check(
    "writes.id_in_body",
    "An Id in the body is INVALID_FIELD",
    source="background knowledge",
    sure=Sure.BG,
)
def id_in_body(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account()
    answer = visit.call("PATCH", f"/sobjects/Account/{record_id}", json={"Id": record_id, "Phone": "1"})
    yield refusal("PATCH", answer, 400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.")


@AREA.check(
    "writes.read_only_field",
    "A field that the org sets itself is INVALID_FIELD_FOR_INSERT_UPDATE, and the text says to check its security",
    source="public report: CoderDojo/community-platform #618",
    sure=Sure.REP,
)
def read_only_field(visit: Visit) -> Iterator[Finding]:
    sent = {"Name": visit.name(), "SystemModstamp": "2026-01-01T00:00:00Z"}
    answer = visit.call("POST", "/sobjects/Account", json=sent)
    message = (
        "Unable to create/update fields: SystemModstamp. Please check the security settings of this field and verify "
        "that it is read/write for your profile or permission set."
    )
    yield refusal("SystemModstamp", answer, 400, "INVALID_FIELD_FOR_INSERT_UPDATE", message, ["SystemModstamp"])


@AREA.check(
    "writes.wrong_json_type",
    "A JSON value of another type is JSON_PARSER_ERROR, `Cannot deserialize instance of … from … value …`",
    source="captured from real orgs; public report: qoretechnologies/qore #3908",
    sure=Sure.FIX,
)
def wrong_json_type(visit: Visit) -> Iterator[Finding]:
    sent = {"Subject": visit.name(), "DurationInMinutes": 30, "ActivityDateTime": "soon"}
    answer = visit.call("POST", "/sobjects/Event", json=sent)
    message = text(
        r"Cannot deserialize instance of datetime from VALUE_STRING value soon or .* at \[line:1, column:\d+\]"
    )
    yield refusal("soon", answer, 400, "JSON_PARSER_ERROR", message)


@AREA.check(
    "writes.flag_of_text",
    "Text for a checkbox is JSON_PARSER_ERROR, `Cannot deserialize instance of boolean from VALUE_STRING value …`",
    source="public report: solspace/craft-freeform #1168",
    sure=Sure.REP,
)
def flag_of_text(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("POST", "/sobjects/Event", json={"Subject": visit.name(), "IsPrivate": "0"})
    message = text(r"Cannot deserialize instance of boolean from VALUE_STRING value 0 or request may be missing .*")
    yield refusal("0", answer, 400, "JSON_PARSER_ERROR", message)


@AREA.check(
    "writes.flag_of_null",
    "Null for a checkbox is INVALID_TYPE_ON_FIELD_IN_RECORD, `…: value not of required type: `",
    source="public report: jetstreamapp/jetstream #712",
    sure=Sure.REP,
)
def flag_of_null(visit: Visit) -> Iterator[Finding]:
    event = visit.make("Event", Subject=visit.name(), StartDateTime="2031-05-06T07:00:00Z", DurationInMinutes=30)
    answer = visit.call("PATCH", f"/sobjects/Event/{event}", json={"IsPrivate": None})
    message = text(r".+: value not of required type: ?")
    yield refusal("null", answer, 400, "INVALID_TYPE_ON_FIELD_IN_RECORD", message, ["IsPrivate"])


@AREA.check(
    "writes.email",
    "Text that is no e-mail address is INVALID_EMAIL_ADDRESS, with the label and the value",
    source="REST API Developer Guide, Composite Subrequest Result (its example)",
    sure=Sure.DOC,
)
def email(visit: Visit) -> Iterator[Finding]:
    sent = {"LastName": visit.name(), "Email": "Not a real email address"}
    answer = visit.call("POST", "/sobjects/Contact", json=sent)
    message = "Email: invalid email address: Not a real email address"
    yield refusal("no address", answer, 400, "INVALID_EMAIL_ADDRESS", message, ["Email"])


@AREA.check(
    "writes.lookup_of_nothing",
    "A lookup to a row that does not exist is INVALID_CROSS_REFERENCE_KEY, `invalid cross reference id`",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def lookup_of_nothing(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("POST", "/sobjects/Contact", json={"LastName": visit.name(), "AccountId": "001000000000001AAA"})
    error = {"message": "invalid cross reference id", "errorCode": "INVALID_CROSS_REFERENCE_KEY", "fields": NONE}
    insufficient = {
        "message": text("insufficient access rights on cross-reference id.*"),
        "errorCode": "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        "fields": NONE,
    }
    yield Finding("no row", (400, OneOf(([error], [insufficient]))), (answer.status, answer.body))


@AREA.check(
    "writes.lookup_of_deleted",
    "A lookup to a deleted row is ENTITY_IS_DELETED with 400 in a write",
    source="public reports of the text; the status is background knowledge",
    sure=Sure.REP,
)
def lookup_of_deleted(visit: Visit) -> Iterator[Finding]:
    account = visit.account()
    visit.call("DELETE", f"/sobjects/Account/{account}")
    answer = visit.call("POST", "/sobjects/Contact", json={"LastName": visit.name(), "AccountId": account})
    yield refusal("a deleted row", answer, 400, "ENTITY_IS_DELETED", "entity is deleted", [])


@AREA.check(
    "writes.malformed_id",
    "Text that is no id in a lookup is MALFORMED_ID",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def malformed_id(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("POST", "/sobjects/Contact", json={"LastName": visit.name(), "AccountId": "abc"})
    message = text(r"(malformed id abc|.*: id value of incorrect type: abc)")
    yield refusal("abc", answer, 400, "MALFORMED_ID", message, ["AccountId"])


@AREA.check(
    "writes.lookup_of_other_object",
    "The id of another object in a lookup is MALFORMED_ID, `…: id value of incorrect type: …`",
    source=_CAPTURED,
    sure=Sure.FIX,
)
def lookup_of_other_object(visit: Visit) -> Iterator[Finding]:
    contact = visit.make("Contact", LastName=visit.name())
    answer = visit.call("POST", "/sobjects/Contact", json={"LastName": visit.name(), "AccountId": contact})
    message = text(rf".*: id value of incorrect type: {contact}")
    yield refusal("a contact", answer, 400, "MALFORMED_ID", message, ["AccountId"])


@AREA.check(
    "writes.number_out_of_range",
    "A number with too many digits is NUMBER_OUTSIDE_VALID_RANGE, `…: value outside of valid range on numeric field`",
    source="public report: declarative-lookup-rollup-summaries #713",
    sure=Sure.REP,
    needs=(Need.BOOKIT,),
)
def number_out_of_range(visit: Visit) -> Iterator[Finding]:
    record_id = meeting_type(visit)
    path = f"/sobjects/LeanData__BookIt_Meeting_Type__c/{record_id}"
    answer = visit.call("PATCH", path, json={"LeanData__Max_Per_Day__c": 10**18})
    fields = ["LeanData__Max_Per_Day__c"]
    message = text(r"Maximum per Day: value outside of valid range on numeric field: .+")
    yield refusal("10^18", answer, 400, "NUMBER_OUTSIDE_VALID_RANGE", message, fields)


@AREA.check(
    "writes.validation_rule",
    "A validation rule that is true is FIELD_CUSTOM_VALIDATION_EXCEPTION with the rule's text and its field, if any",
    source=_CAPTURED,
    sure=Sure.FIX,
    needs=(Need.BOOKIT,),
)
def validation_rule(visit: Visit) -> Iterator[Finding]:
    record_id = meeting_type(visit)
    path = f"/sobjects/LeanData__BookIt_Meeting_Type__c/{record_id}"
    answer = visit.call("PATCH", path, json={"LeanData__Duration_Minutes__c": 0})
    message = "The duration must be more than zero minutes."
    fields = ["LeanData__Duration_Minutes__c"]
    yield refusal("with a field", answer, 400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", message, fields)
    answer = visit.call("PATCH", path, json={"LeanData__Buffer_After_Minutes__c": -1})
    message = "A buffer cannot be negative."
    yield refusal("without", answer, 400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", message, [])


@AREA.check(
    "writes.all_rules",
    "Every validation rule that is true is reported, not the first alone",
    source="background knowledge",
    sure=Sure.BG,
    needs=(Need.BOOKIT,),
)
def all_rules(visit: Visit) -> Iterator[Finding]:
    record_id = meeting_type(visit)
    sent = {"LeanData__Duration_Minutes__c": 0, "LeanData__Buffer_After_Minutes__c": -1}
    answer = visit.call("PATCH", f"/sobjects/LeanData__BookIt_Meeting_Type__c/{record_id}", json=sent)
    got = sorted(error["message"] for error in answer.body)
    yield Finding("both", ["A buffer cannot be negative.", "The duration must be more than zero minutes."], got)


@AREA.check(
    "writes.fixed_object",
    "A create of an object that takes none is refused with 400, 403 or 405",
    source="background knowledge: orgs word it in several ways",
    sure=Sure.BG,
)
def fixed_object(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("POST", "/sobjects/Organization", json={"Name": visit.name()})
    yield Finding("status", OneOf((400, 403, 405)), answer.status)


@AREA.check(
    "writes.event_times",
    "An event's end and duration must agree, and its end may not be before its start",
    source="Object Reference, Event; the texts are background knowledge",
    sure=Sure.DOC,
)
def event_times(visit: Visit) -> Iterator[Finding]:
    sent = {"Subject": visit.name(), "StartDateTime": "2031-05-06T07:00:00Z", "EndDateTime": "2031-05-06T06:00:00Z"}
    answer = visit.call("POST", "/sobjects/Event", json=sent)
    yield Finding("end before start", (400, [ANYTHING]), (answer.status, answer.body))
    sent = {**sent, "EndDateTime": "2031-05-06T07:30:00Z", "DurationInMinutes": 45}
    answer = visit.call("POST", "/sobjects/Event", json=sent)
    yield Finding("45 is not 30", (400, [ANYTHING]), (answer.status, answer.body))


def _operation(key: str) -> dict[str, str]:
    return {"Operation_Key__c": key, "Actor__c": "checks", "Request_Hash__c": "0", "Tool__c": "check"}


def operation(visit: Visit, **values: str) -> str:
    """An operation of our support package, of the check's own."""
    return visit.make("BookIt_MCP_Operation__c", **{**_operation(visit.name()), **values})


AREA.cannot_check(
    "writes.owner",
    "A row cannot be given to a user who is not active (INACTIVE_OWNER_OR_USER), nor to one who cannot read its object "
    "(TRANSFER_REQUIRES_READ)",
    source="SOAP API Developer Guide, Core Data Types, StatusCode; the texts are background knowledge",
    sure=Sure.DOC,
    because="it takes such users",
    codes=("INACTIVE_OWNER_OR_USER", "TRANSFER_REQUIRES_READ"),
    test="engine/test_ownership_and_roles.py::test_an_owner_is_active_and_reads_the_object",
)
AREA.cannot_check(
    "writes.circular",
    "A role under itself, or a group in itself, is CIRCULAR_DEPENDENCY",
    source="SOAP API Developer Guide, Core Data Types, StatusCode; the texts are background knowledge",
    sure=Sure.DOC,
    because="a check changes no setup",
    codes=("CIRCULAR_DEPENDENCY",),
    test="engine/test_ownership_and_roles.py::test_roles_and_groups_make_no_rings",
)
