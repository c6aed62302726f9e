"""An org on BookIt 7.x."""

from pathlib import Path

import pytest

from app.local_org.schema.compile import compile_schema
from app.local_org.schema.model import Schema
from tests.local_org.schema.conftest import PACKAGES

_MEETING = "LeanData__BookIt_Meeting__c"


def _version(schema: Schema) -> tuple[int, int]:
    return next((p.major, p.minor) for p in schema.packages if p.namespace == "LeanData")


def test_the_package_says_its_version(schema: Schema, schema_of_7: Schema) -> None:
    assert _version(schema)[0] == 8
    assert _version(schema_of_7)[0] == 7


def test_7_lacks_what_reassignment_brought_and_nothing_else(schema: Schema, schema_of_7: Schema) -> None:
    assert set(schema.objects) == set(schema_of_7.objects)
    for name, sobject in schema.objects.items():
        missing = set(sobject.fields) - set(schema_of_7.objects[name].fields)
        expected = {"LeanData__Reassigned_From__c", "LeanData__Reassigned_Date__c"} if name == _MEETING else set[str]()
        assert missing == expected


def test_on_7_no_permission_and_no_child_relationship_speaks_of_what_is_absent(schema_of_7: Schema) -> None:
    named = {name for held in schema_of_7.permission_sets for name in held.field_permissions}
    assert not [name for name in named if "Reassigned" in name]
    assert not [child for child in schema_of_7.objects["User"].child_relationships if "Reassigned" in child.name]


def test_key_prefixes_are_the_same_in_every_compilation(schema: Schema, schema_of_7: Schema) -> None:
    again = compile_schema(PACKAGES)
    for name, sobject in schema.objects.items():
        assert again.objects[name].key_prefix == schema_of_7.objects[name].key_prefix == sobject.key_prefix


def test_a_version_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="BookIt 6"):
        compile_schema(PACKAGES, bookit_version=6)


def test_our_own_packages_do_not_follow_bookits_version(schema_of_7: Schema) -> None:
    installed = {package.name: package.namespace for package in schema_of_7.packages}
    assert installed == {"LeanData BookIt": "LeanData", "BookIt MCP Support": None, "LeanDataECA": "LeanDataECA"}


def test_a_folder_without_packages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no package"):
        compile_schema(tmp_path)
