from __future__ import annotations

from pathlib import Path

import pytest

from app.local_org.schema.compile import compile_schema
from app.local_org.schema.model import Field, Schema
from app.org.schema_map import FieldType, SchemaMap, SchemaMapError, load_schema_map

PACKAGES = Path(__file__).parents[2] / "salesforce_package"


@pytest.fixture(scope="module")
def schema() -> Schema:
    return compile_schema(PACKAGES)


def test_every_name_of_the_map_is_in_the_packages_or_the_platform(schema_map: SchemaMap, schema: Schema) -> None:
    wrong: list[str] = []
    for mapped in schema_map.objects.values():
        if mapped.tooling:
            continue
        there = schema.objects.get(mapped.api)
        if there is None:
            wrong.append(mapped.api)
            continue
        for field in mapped.fields.values():
            found = there.fields.get(field.api)
            if found is None or not _same_type(field.type, found):
                wrong.append(f"{mapped.api}.{field.api} is not {field.type}")
            elif field.unique and not found.unique:
                wrong.append(f"{mapped.api}.{field.api} is not unique")
            elif field.filterable != found.filterable:
                wrong.append(f"{mapped.api}.{field.api} filterable: {found.filterable}")
            elif field.to is not None and (
                schema_map.object(field.to).api not in found.reference_to or found.relationship_name != field.path
            ):
                wrong.append(f"{mapped.api}.{field.api} looks up to {found.reference_to}")
        children = {(child.name, child.child, child.field) for child in there.child_relationships}
        wrong += [
            f"{mapped.api}.{child.api}"
            for child in mapped.children.values()
            if (child.api, schema_map.object(child.object).api, schema_map.field(child.object, child.field).api)
            not in children
        ]
    assert wrong == []


def test_every_field_of_our_packages_is_in_the_map(schema_map: SchemaMap, schema: Schema) -> None:
    by_api = {mapped.api: mapped for mapped in schema_map.objects.values()}
    unmapped: list[str] = []
    for sobject in schema.objects.values():
        if not sobject.custom:
            continue
        mapped = by_api.get(sobject.name)
        known = {field.api for field in mapped.fields.values()} if mapped is not None else set[str]()
        # The owner is the integration user that wrote the row, and deleted rows are not read: neither says anything.
        unmapped += [
            f"{sobject.name}.{name}" for name in sobject.fields if name not in known | {"OwnerId", "IsDeleted"}
        ]
    assert unmapped == []


def test_the_permission_sets_are_those_of_the_package(schema_map: SchemaMap, schema: Schema) -> None:
    there = {(found.namespace, found.name) for found in schema.permission_sets}
    names = schema_map.permission_sets
    assert (names.namespace, names.full_access) in there
    assert (names.namespace, names.dashboard_access) in there


def test_an_override_changes_names_and_leaves_the_rest(tmp_path: Path) -> None:
    override = _file(
        tmp_path,
        """
        [permission_sets]
        namespace = ""
        full_access = "Full"
        [objects.Meeting]
        api = "LD__Meeting__c"
        [objects.Meeting.fields]
        Start = { api = "LD__Starts_At__c" }
        Main_Host = { api = "LD__Host__c", path = "LD__Host__r" }
        [objects.Meeting.children]
        Attendees = { api = "LD__Guests__r" }
        """,
    )
    changed, default = load_schema_map(override), load_schema_map()
    meeting = changed.object("Meeting")
    assert meeting.api == "LD__Meeting__c"
    assert meeting.fields["Start"].api == "LD__Starts_At__c"
    assert meeting.fields["Start"].type is FieldType.DATETIME
    assert meeting.parents["Main_Host"].path == "LD__Host__r"
    assert meeting.children["Attendees"].api == "LD__Guests__r"
    assert meeting.fields["End"] == default.field("Meeting", "End")
    assert changed.object("Pool") == default.object("Pool")
    assert (changed.permission_sets.namespace, changed.permission_sets.full_access) == (None, "Full")
    assert changed.permission_sets.dashboard_access == default.permission_sets.dashboard_access


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[objects.Meetings]\napi = "X__c"', "Meetings"),
        ('[objects.Meeting.fields]\nBegin = { api = "X__c" }', "Begin"),
        ('[objects.Meeting.children]\nGuests = { api = "X__r" }', "Guests"),
        ('[objects.Meeting.fields]\nStart = { type = "date" }', "Meeting.Start: 'type'"),
        ('[objects.Meeting.fields]\nStart = { api = "X__c", path = "X__r" }', "Meeting.Start: 'path'"),
        ('[objects.Meeting.fields]\nStart = { api = "X; DROP" }', "Meeting.fields.Start.api"),
        ("[objects.Meeting.fields]\nStart = 3", "Meeting.Start must be a table"),
        ('[objects.Meeting.fields]\nStart = { api = "LeanData__End__c" }', "leandata__end__c"),
        ('[objects.Meeting]\ncolour = "red"', "colour"),
        ("[objects.Meeting]\ncustom = false", "custom"),
        ('[custom_object_fields]\nId = { api = "X" }', "custom_object_fields"),
        ('[permission_sets]\nmanager = "X"', "manager"),
        ("objects = 3", "objects must be a table"),
        ("not toml", "cannot be read"),
    ],
)
def test_an_override_that_is_wrong_is_refused_by_name(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(SchemaMapError, match=named.replace(".", r"\.")):
        load_schema_map(_file(tmp_path, text))


def test_an_override_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SchemaMapError, match="cannot be read"):
        load_schema_map(tmp_path / "nowhere.toml")


def test_a_name_that_the_map_does_not_have_is_refused_by_name(schema_map: SchemaMap) -> None:
    with pytest.raises(SchemaMapError, match="Meetings"):
        schema_map.object("Meetings")
    with pytest.raises(SchemaMapError, match=r"Meeting\.Begin"):
        schema_map.field("Meeting", "Begin")


def _same_type(expected: FieldType, found: Field) -> bool:
    text = {"string", "picklist"}
    actual = "int" if found.type.value == "double" and found.scale == 0 else found.type.value
    # The platform's own picklists (a user's time zone) are plain text in the local org: their lists are long.
    return actual == expected.value or (not found.custom and {actual, expected.value} <= text)


def _file(folder: Path, text: str) -> Path:
    path = folder / "map.toml"
    path.write_text("\n".join(line.strip() for line in text.splitlines()), encoding="utf-8")
    return path
