"""What the packages hold is documented: a name that others write queries against stands in the README."""

from pathlib import Path

import pytest

from app.local_org.schema.compile import compile_schema

PACKAGES = Path(__file__).parents[2] / "salesforce_package"
_SCHEMA = compile_schema(PACKAGES)
_BOOKIT = (PACKAGES / "leandata-bookit" / "README.md").read_text(encoding="utf-8")
_SUPPORT = (PACKAGES / "bookit-mcp-support" / "README.md").read_text(encoding="utf-8")
_SIGN_IN = (PACKAGES / "leandata-eca" / "README.md").read_text(encoding="utf-8")
_CUSTOM = [name for name, sobject in _SCHEMA.objects.items() if sobject.custom]


def _section(name: str) -> str:
    """The part of the README that tells of an object."""
    bare = name.removeprefix("LeanData__")
    text = _BOOKIT if name.startswith("LeanData__") else _SUPPORT
    return text.split(f"### `{bare}`", 1)[1].split("\n### ", 1)[0]


@pytest.mark.parametrize("name", _CUSTOM)
def test_every_field_value_child_name_and_rule_is_listed(name: str) -> None:
    section = _section(name)
    sobject = _SCHEMA.objects[name]
    for field in sobject.fields.values():
        if not field.custom:
            continue
        bare = field.name.removeprefix("LeanData__")
        (row,) = [line for line in section.splitlines() if line.startswith(f"| `{bare}` |")]
        assert ("required" in row.split("|")[3]) == field.required
        assert ("unique" in row.split("|")[3]) == field.unique
        for value in field.picklist:
            assert f"`{value.value}`" in row
        if field.child_relationship_name:
            assert f"`{field.child_relationship_name.removeprefix('LeanData__').removesuffix('__r')}`" in row
    for rule in sobject.validation_rules:
        assert f"rule `{rule.name}`" in section
        assert rule.message in section


def test_permission_sets_and_groups_are_listed_by_name_and_label() -> None:
    for held in (*_SCHEMA.permission_sets, *_SCHEMA.permission_set_groups):
        if held.namespace == "LeanData":
            assert f"`{held.name}`" in _BOOKIT
            assert held.label in _BOOKIT
    assert "`BookIt_MCP_Org_Connection`" in _SUPPORT


def test_the_stand_in_says_that_it_is_one() -> None:
    for text in ((PACKAGES / "README.md").read_text(encoding="utf-8"), _BOOKIT):
        assert "stand-in" in text
        assert "not public" in text
    assert "Do not deploy it to an org that has BookIt" in _BOOKIT


def test_the_sign_in_package_tells_publisher_and_installing_admin_what_to_do() -> None:
    for words in (
        *("Install for Admins Only", "OAUTH_EC_APP_NOT_FOUND", "OAUTH_APP_ACCESS_DENIED", "Permitted Users"),
        *(
            "sf package create",
            "sf package version create",
            "sf package version promote",
            "installPackage.apexp?p0=04t",
        ),
        *("isPkceRequired", "isRefreshTokenRotationEnabled", "orgScopedExternalApp", "oauthLink"),
    ):
        assert words in _SIGN_IN
