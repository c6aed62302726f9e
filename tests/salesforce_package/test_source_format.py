"""The packages are well-formed SFDX source, as `sf project deploy` takes it."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

PACKAGES = Path(__file__).parents[2] / "salesforce_package"
_FILES = sorted(PACKAGES.glob("*/force-app/**/*.xml"))
_NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"
_ROOTS = {
    "object": "CustomObject",
    "field": "CustomField",
    "validationRule": "ValidationRule",
    "permissionset": "PermissionSet",
    "permissionsetgroup": "PermissionSetGroup",
    "eca": "ExternalClientApplication",
    "ecaOauth": "ExtlClntAppOauthSettings",
}
_FOLDERS = {
    "field": "fields",
    "validationRule": "validationRules",
    "permissionset": "permissionsets",
    "permissionsetgroup": "permissionsetgroups",
    "eca": "externalClientApps",
    "ecaOauth": "extlClntAppOauthSettings",
}


def _kind(path: Path) -> str:
    return path.name.split(".")[1].removesuffix("-meta")


def _name(path: Path) -> str:
    return path.name.split(".")[0]


def _root(path: Path) -> ElementTree.Element:
    return ElementTree.parse(path).getroot()  # noqa: S314 - the project's own files


def _identity(path: Path) -> str:
    return str(path.relative_to(PACKAGES))


def test_there_are_files_to_look_at() -> None:
    assert len(_FILES) > 200
    assert {path.relative_to(PACKAGES).parts[0] for path in _FILES} == {
        *("leandata-bookit", "bookit-mcp-support", "leandata-eca")
    }


def _of_kind(kind: str) -> list[Path]:
    return [path for path in _FILES if _kind(path) == kind]


def test_a_file_is_well_formed_and_says_what_its_name_says() -> None:
    for path in _FILES:
        assert path.read_text(encoding="utf-8").startswith('<?xml version="1.0" encoding="UTF-8"?>\n'), path
        root = _root(path)
        assert root.tag == _NAMESPACE + _ROOTS[_kind(path)], path
        assert path.parent.name == _FOLDERS.get(_kind(path), _name(path)), path
        expected = _name(path) if _kind(path) in ("field", "validationRule") else None
        assert root.findtext(f"{_NAMESPACE}fullName") == expected, path


def test_elements_stand_in_the_order_in_which_salesforce_retrieves_them() -> None:
    for path in _FILES:
        tags = [child.tag.removeprefix(_NAMESPACE) for child in _root(path)]
        assert tags == sorted(tags, key=lambda tag: (tag != "fullName", tag)), path


def test_source_names_no_namespace() -> None:
    assert not [path for path in _FILES if "LeanData__" in path.read_text(encoding="utf-8")]


def test_an_api_name_fits_salesforces_rules() -> None:
    for path in _of_kind("object"):
        names = [_name(path), *(_name(field) for field in path.parent.glob("fields/*"))]
        for name in names:
            bare = name.removesuffix("__c")
            assert name.endswith("__c"), name
            assert re.fullmatch(r"[A-Za-z](?:_?[A-Za-z0-9])*", bare), name
            assert len(bare) <= 40, name
        assert len({name.lower() for name in names}) == len(names), path


def test_labels_and_texts_fit_salesforces_rules() -> None:
    limits = {
        "object": {"label": 40, "pluralLabel": 40},
        "field": {"label": 40, "inlineHelpText": 510, "relationshipLabel": 80},
        "validationRule": {"errorMessage": 255},
        "permissionset": {"label": 80},
    }
    for kind, elements in limits.items():
        for path in _of_kind(kind):
            for element, limit in elements.items():
                text = _root(path).findtext(f"{_NAMESPACE}{element}", default="absent")
                assert len(text) in range(1, limit + 1), (path, element)


def test_a_permission_set_names_no_field_twice_and_none_of_an_object_that_it_leaves_out() -> None:
    for path in _of_kind("permissionset"):
        root = _root(path)
        fields = [entry.findtext(f"{_NAMESPACE}field") for entry in root.iter(f"{_NAMESPACE}fieldPermissions")]
        objects = [entry.findtext(f"{_NAMESPACE}object") for entry in root.iter(f"{_NAMESPACE}objectPermissions")]
        assert len(set(fields)) == len(fields), path
        assert len(set(objects)) == len(objects), path
        assert {str(field).split(".")[0] for field in fields} <= set(objects), path


@pytest.mark.parametrize("project", sorted(PACKAGES.glob("*/sfdx-project.json")), ids=_identity)
def test_a_project_file_has_what_a_package_version_needs(project: Path) -> None:
    settings = json.loads(project.read_text(encoding="utf-8"))
    assert settings["sourceApiVersion"] == "66.0"
    (directory,) = settings["packageDirectories"]
    assert (project.parent / directory["path"]).is_dir()
    assert re.fullmatch(r"\d+\.\d+\.\d+\.NEXT", directory["versionNumber"])
    assert len(settings["namespace"]) <= 15
