from __future__ import annotations

from dataclasses import replace

import pytest

from app.org.describe import DescribedField, DescribedObject
from app.org.schema_check import Missing, check_schema, objects_to_describe, statements_off
from app.org.schema_map import FieldType, MappedObject, SchemaMap
from app.org.statements import CompiledStatement, Statements
from soql.statements import StatementFile

Org = dict[str, DescribedObject | None]


@pytest.fixture
def org(schema_map: SchemaMap) -> Org:
    """Describes that have everything that the map says."""
    return {mapped.name: _described(mapped, schema_map) for mapped in objects_to_describe(schema_map)}


@pytest.fixture(scope="module")
def compiled(statement_files: dict[str, StatementFile], schema_map: SchemaMap) -> list[CompiledStatement]:
    return list(Statements(statement_files, schema_map).every())


def test_an_org_that_has_everything_misses_nothing(
    schema_map: SchemaMap, compiled: list[CompiledStatement], org: Org
) -> None:
    assert check_schema(schema_map, compiled, org) == ()


def test_an_object_that_is_not_there_turns_off_the_statements_that_need_it(
    schema_map: SchemaMap, compiled: list[CompiledStatement], org: Org
) -> None:
    org["Attendee"] = None
    missing = check_schema(schema_map, compiled, org)
    assert [(lack.object, lack.field) for lack in missing] == [("Attendee", None)]
    off = statements_off(missing, compiled)
    assert "meetings/search_own" in off
    assert "meetings/search" in off
    assert "names/meeting_types" not in off
    assert "LeanData__BookIt_Attendee__c" in str(off["meetings/search"][0])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (None, "has no field"),
        ({"type": "date"}, "of type date, not datetime"),
        ({"filterable": False}, "cannot be filtered by"),
    ],
)
def test_a_field_that_is_otherwise_is_named_with_what_is_wrong(
    schema_map: SchemaMap,
    compiled: list[CompiledStatement],
    org: Org,
    change: dict[str, object] | None,
    problem: str,
) -> None:
    missing = check_schema(schema_map, compiled, _changed(org, schema_map, "Meeting", "Start", change))
    assert [(lack.object, lack.field) for lack in missing] == [("Meeting", "Start")]
    assert problem in missing[0].problem
    assert "meetings/search" in statements_off(missing, compiled)
    assert "names/users" not in statements_off(missing, compiled)


@pytest.mark.parametrize(
    ("field", "change", "problem"),
    [
        ("Meeting_Id", {"unique": False}, "not unique"),
        ("Main_Host", {"reference_to": ("Contact",)}, "does not look up to User"),
        ("Main_Host", {"relationship_name": "Host__r"}, "relationship name Host__r"),
        ("Main_Host", {"type": "string"}, "of type string"),
        ("Status", {"groupable": False}, "cannot be grouped by"),
        ("Reschedule_Count", {"scale": 2}, "decimal places"),
        ("Is_No_Show", {"type": "picklist"}, "of type picklist"),
    ],
)
def test_types_uniqueness_lookups_and_groups_are_checked(
    schema_map: SchemaMap,
    compiled: list[CompiledStatement],
    org: Org,
    field: str,
    change: dict[str, object],
    problem: str,
) -> None:
    (lack,) = check_schema(schema_map, compiled, _changed(org, schema_map, "Meeting", field, change))
    assert (lack.object, lack.field) == ("Meeting", field)
    assert problem in lack.problem


def test_a_text_field_of_another_text_type_will_do(
    schema_map: SchemaMap, compiled: list[CompiledStatement], org: Org
) -> None:
    changed = _changed(org, schema_map, "Meeting", "Conference_Link", {"type": "string"})
    assert check_schema(schema_map, compiled, changed) == ()


def test_a_field_that_nothing_filters_by_need_not_be_filterable(
    schema_map: SchemaMap, compiled: list[CompiledStatement], org: Org
) -> None:
    changed = _changed(org, schema_map, "Meeting", "Conference_Link", {"filterable": False, "groupable": False})
    assert check_schema(schema_map, compiled, changed) == ()


def test_an_org_may_lack_an_optional_field_but_not_hold_it_otherwise(
    schema_map: SchemaMap, compiled: list[CompiledStatement], org: Org
) -> None:
    assert check_schema(schema_map, compiled, _changed(org, schema_map, "Meeting", "Reassigned_Date", None)) == ()
    changed = _changed(org, schema_map, "Meeting", "Reassigned_Date", {"type": "string"})
    assert [lack.field for lack in check_schema(schema_map, compiled, changed)] == ["Reassigned_Date"]


def test_a_child_relationship_that_is_not_there_is_named(
    schema_map: SchemaMap, compiled: list[CompiledStatement], org: Org
) -> None:
    meeting = org["Meeting"]
    assert meeting is not None
    org["Meeting"] = replace(meeting, children={})
    missing = check_schema(schema_map, compiled, org)
    assert Missing("Attendee", "Meeting", missing[0].problem) == missing[0]
    assert "LeanData__Attendees__r" in missing[0].problem
    assert "meetings/search" in statements_off(missing, compiled)


@pytest.mark.parametrize(
    ("name", "field", "change", "problem"),
    [
        ("Meeting", "Start", {"createable": False}, "may not set LeanData__BookIt_Meeting__c.LeanData__Start__c"),
        ("Meeting", "Start", {"updateable": False}, "may not change LeanData__BookIt_Meeting__c.LeanData__Start__c"),
        ("Claim", "Number", {"createable": False}, "may not set BookIt_MCP_Claim__c.Number__c"),
    ],
)
def test_what_cannot_be_written_is_named_and_turns_off_no_statement(
    schema_map: SchemaMap,
    compiled: list[CompiledStatement],
    org: Org,
    name: str,
    field: str,
    change: dict[str, object],
    problem: str,
) -> None:
    (lack,) = check_schema(schema_map, compiled, _changed(org, schema_map, name, field, change))
    assert (lack.object, lack.field, lack.to_write) == (name, field, True)
    assert problem in lack.problem
    assert statements_off([lack], compiled) == {}


@pytest.mark.parametrize(
    ("name", "field", "change"),
    [
        ("Meeting", "Meeting_Id", {"updateable": False}),
        ("Claim", "Number", {"updateable": False}),
        ("Attendee", "Meeting", {"updateable": False}),
        ("Pool", "Grouping_Name", {"createable": False, "updateable": False}),
        ("Meeting", "Name", {"createable": False, "updateable": False}),
        ("Meeting", "Reassigned_From", {"createable": False, "updateable": False}),
    ],
)
def test_what_nothing_writes_so_need_not_be_writable(
    schema_map: SchemaMap,
    compiled: list[CompiledStatement],
    org: Org,
    name: str,
    field: str,
    change: dict[str, object],
) -> None:
    assert check_schema(schema_map, compiled, _changed(org, schema_map, name, field, change)) == ()


def _changed(org: Org, schema_map: SchemaMap, name: str, field: str, change: dict[str, object] | None) -> Org:
    described = org[name]
    assert described is not None
    api = schema_map.field(name, field).api
    fields = dict(described.fields)
    if change is None:
        del fields[api]
    else:
        fields[api] = replace(fields[api], **change)  # pyright: ignore[reportArgumentType]
    return org | {name: replace(described, fields=fields)}


def _described(mapped: MappedObject, schema_map: SchemaMap) -> DescribedObject:
    fields = (
        DescribedField(
            name=field.api,
            type="double" if field.type is FieldType.INT else field.type.value,
            scale=0,
            unique=field.unique,
            filterable=field.filterable,
            groupable=field.filterable,
            createable=True,
            updateable=True,
            reference_to=() if field.to is None else (schema_map.object(field.to).api, "Group"),
            relationship_name=field.path,
        )
        for field in mapped.fields.values()
    )
    children = {
        child.api: (schema_map.object(child.object).api, schema_map.field(child.object, child.field).api)
        for child in mapped.children.values()
    }
    return DescribedObject(mapped.api, {field.name: field for field in fields}, children)
