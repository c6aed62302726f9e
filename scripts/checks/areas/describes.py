"""Describe: the keys that clients read, and what a conditional request answers."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.checks.findings import ANYTHING, WHOLE_NUMBER, AtLeast, Finding
from scripts.checks.model import Area, Need, Sure
from scripts.checks.org import ROOT
from scripts.checks.visit import Visit

AREA = Area("Describe")

_RECORDED = "recorded describes of real orgs in public repositories"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


OBJECT_KEYS = _words(
    "actionOverrides activateable associateEntityType associateParentEntity childRelationships compactLayoutable "
    "createable custom customSetting deepCloneable defaultImplementation deletable deprecatedAndHidden extendedBy "
    "extendsInterfaces feedEnabled fields hasSubtypes implementedBy implementsInterfaces isInterface isSubtype "
    "keyPrefix label labelPlural layoutable listviewable lookupLayoutable mergeable mruEnabled name namedLayoutInfos "
    "networkScopeFieldName queryable recordTypeInfos replicateable retrieveable searchLayoutable searchable "
    "sobjectDescribeOption supportedScopes triggerable undeletable updateable urls"
)
FIELD_KEYS = _words(
    "aggregatable aiPredictionField autoNumber byteLength calculated calculatedFormula cascadeDelete caseSensitive "
    "compoundFieldName controllerName createable custom defaultValue defaultValueFormula defaultedOnCreate "
    "dependentPicklist deprecatedAndHidden digits displayLocationInDecimal encrypted externalId extraTypeInfo "
    "filterable filteredLookupInfo formulaTreatNullNumberAsZero groupable highScaleNumber htmlFormatted idLookup "
    "inlineHelpText label length mask maskType name nameField namePointing nillable permissionable picklistValues "
    "polymorphicForeignKey precision queryByDistance referenceTargetField referenceTo relationshipName "
    "relationshipOrder restrictedDelete restrictedPicklist scale searchPrefilterable soapType sortable type unique "
    "updateable writeRequiresMasterRead"
)
CHILD_KEYS = _words(
    "cascadeDelete childSObject deprecatedAndHidden field junctionIdListNames junctionReferenceTo relationshipName "
    "restrictedDelete"
)


def missing(wanted: tuple[str, ...], got: dict[str, object]) -> list[str]:
    return [name for name in wanted if name not in got]


@AREA.check(
    "describe.keys",
    f"An object's describe has {len(OBJECT_KEYS)} keys, a field's {len(FIELD_KEYS)}, a child relationship's "
    f"{len(CHILD_KEYS)}; newer versions may add some",
    source=_RECORDED,
    sure=Sure.FIX,
)
def keys(visit: Visit) -> Iterator[Finding]:
    body = visit.call("GET", "/sobjects/Account/describe").body
    yield Finding("missing of the object", [], missing(OBJECT_KEYS, body))
    yield Finding("missing of a field", [], missing(FIELD_KEYS, body["fields"][0]))
    yield Finding("missing of a child", [], missing(CHILD_KEYS, body["childRelationships"][0]))


@AREA.check(
    "describe.account",
    "An object's flags and names: Account is 001, queryable, createable, not custom",
    source=_RECORDED,
    sure=Sure.FIX,
)
def account(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("GET", "/sobjects/Account/describe")
    known = {"name": "Account", "keyPrefix": "001", "label": "Account", "labelPlural": "Accounts", "custom": False}
    flags = {"queryable": True, "createable": True, "updateable": True, "deletable": True, "retrieveable": True}
    urls = AtLeast({"sobject": f"{ROOT}/sobjects/Account", "describe": f"{ROOT}/sobjects/Account/describe"})
    yield Finding("the object", (200, AtLeast({**known, **flags, "urls": urls})), (answer.status, answer.body))


@AREA.check(
    "describe.fields",
    "Types and lengths of fields: an id is tns:ID of 18, text has three bytes a character, a long text cannot be "
    "filtered, sorted or grouped, a checkbox is never null and has a default",
    source=_RECORDED,
    sure=Sure.FIX,
)
def fields(visit: Visit) -> Iterator[Finding]:
    described = visit.call("GET", "/sobjects/Lead/describe").body["fields"]
    by_name = {field["name"]: field for field in described}
    expected = {
        "Id": {
            "type": "id",
            "soapType": "tns:ID",
            "length": 18,
            "byteLength": 18,
            "nillable": False,
            "createable": False,
        },
        "LastName": {"type": "string", "soapType": "xsd:string", "length": 80, "byteLength": 240, "nillable": False},
        "Description": {"type": "textarea", "filterable": False, "sortable": False, "groupable": False},
        "IsConverted": {"type": "boolean", "soapType": "xsd:boolean", "nillable": False, "defaultedOnCreate": True},
        "CreatedDate": {"type": "datetime", "soapType": "xsd:dateTime", "nillable": False, "updateable": False},
        "Email": {"type": "email", "length": 80, "idLookup": True},
        "OwnerId": {"type": "reference", "referenceTo": ["Group", "User"], "relationshipName": "Owner"},
    }
    for name, values in expected.items():
        yield Finding(name, AtLeast(values), by_name[name])


@AREA.check(
    "describe.picklist",
    "A picklist value has active, defaultValue, label, validFor and value",
    source=_RECORDED,
    sure=Sure.FIX,
)
def picklist(visit: Visit) -> Iterator[Finding]:
    described = visit.call("GET", "/sobjects/Event/describe").body["fields"]
    values = next(field for field in described if field["name"] == "ShowAs")["picklistValues"]
    away = next(value for value in values if value["value"] == "OutOfOffice")
    expected = {
        "active": True,
        "defaultValue": False,
        "label": "Out of Office",
        "validFor": None,
        "value": "OutOfOffice",
    }
    yield Finding("OutOfOffice", expected, away)


@AREA.check(
    "describe.master_record_type",
    "Every object has the record type Master, 012000000000000AAA",
    source=_RECORDED,
    sure=Sure.FIX,
)
def master_record_type(visit: Visit) -> Iterator[Finding]:
    infos = visit.call("GET", "/sobjects/Account/describe").body["recordTypeInfos"]
    master = [info for info in infos if info["recordTypeId"] == "012000000000000AAA"]
    yield Finding("Master", [AtLeast({"developerName": "Master", "name": "Master", "master": True})], master)


@AREA.check(
    "describe.external_id",
    "An external id says externalId, unique and idLookup",
    source=_RECORDED,
    sure=Sure.FIX,
    needs=(Need.SUPPORT,),
)
def external_id(visit: Visit) -> Iterator[Finding]:
    described = visit.call("GET", "/sobjects/BookIt_MCP_Operation__c/describe").body["fields"]
    key = next(field for field in described if field["name"] == "Operation_Key__c")
    expected = {"externalId": True, "unique": True, "idLookup": True, "custom": True, "nillable": False}
    yield Finding("the key", AtLeast(expected), key)


@AREA.check(
    "describe.global",
    "`/sobjects` is encoding, maxBatchSize and a line for each object that the user can see",
    source=_RECORDED,
    sure=Sure.FIX,
)
def describe_global(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("GET", "/sobjects")
    body = answer.body
    yield Finding("envelope", (200, "UTF-8", WHOLE_NUMBER), (answer.status, body["encoding"], body["maxBatchSize"]))
    entry = next(entry for entry in body["sobjects"] if entry["name"] == "Account")
    yield Finding("Account", AtLeast({"keyPrefix": "001", "label": "Account", "urls": ANYTHING}), entry)


@AREA.check(
    "describe.basic",
    "`/sobjects/T` is objectDescribe and recentItems",
    source="REST API Developer Guide, sObject Basic Information",
    sure=Sure.DOC,
)
def basic(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("GET", "/sobjects/Account")
    body = {"objectDescribe": AtLeast({"name": "Account"}), "recentItems": ANYTHING}
    yield Finding("body", (200, body), (answer.status, answer.body))


@AREA.check(
    "describe.not_modified",
    "`If-Modified-Since` on a describe is 304 without a body when nothing changed since",
    source="REST API Developer Guide, Conditional Requests",
    sure=Sure.DOC,
)
def not_modified(visit: Visit) -> Iterator[Finding]:
    for path in ("/sobjects", "/sobjects/Account/describe"):
        later = visit.call("GET", path, headers={"If-Modified-Since": "Mon, 06 Jan 2048 00:00:00 GMT"})
        yield Finding(f"{path} since 2048", (304, None), (later.status, later.body))
        before = visit.call("GET", path, headers={"If-Modified-Since": "Mon, 06 Jan 2014 00:00:00 GMT"})
        yield Finding(f"{path} since 2014", 200, before.status)
