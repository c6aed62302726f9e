"""Nothing in the metadata is skipped: what the compiler does not know is refused by file and element."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.local_org.schema.compile import compile_schema
from app.local_org.schema.metadata_xml import MetadataError
from tests.local_org.schema.conftest import PACKAGES

_SOURCE = "force-app/main/default"
_MEETING = f"leandata-bookit/{_SOURCE}/objects/BookIt_Meeting__c"
_START = f"{_MEETING}/fields/Start__c.field-meta.xml"
_STATUS = f"{_MEETING}/fields/Status__c.field-meta.xml"
_HOST = f"{_MEETING}/fields/Main_Host__c.field-meta.xml"
_RULE = f"{_MEETING}/validationRules/End_After_Start.validationRule-meta.xml"
_OBJECT = f"{_MEETING}/BookIt_Meeting__c.object-meta.xml"
_DASHBOARD = f"leandata-bookit/{_SOURCE}/permissionsets/LeanData_Dashboard_Access.permissionset-meta.xml"
_GROUP = f"leandata-bookit/{_SOURCE}/permissionsetgroups/LeanData_BookIt_Reps.permissionsetgroup-meta.xml"
_APP = f"leandata-eca/{_SOURCE}/externalClientApps/LeanDataECA.eca-meta.xml"
_SETTINGS = f"leandata-eca/{_SOURCE}/extlClntAppOauthSettings/LeanDataECA_oauth.ecaOauth-meta.xml"

Change = Callable[[str, str, str], Path]


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    return shutil.copytree(PACKAGES, tmp_path / "salesforce_package")


@pytest.fixture
def change(packages: Path) -> Change:
    """Replaces one text in one file of a copy of the packages, and gives the file."""

    def apply(file: str, old: str, new: str) -> Path:
        path = packages / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    return apply


@pytest.mark.parametrize(
    ("file", "old", "new", "element"),
    [
        (_START, "<label>", "<trackTrending>false</trackTrending><label>", "trackTrending"),
        (_START, "<label>", "<length>20</length><label>", "length"),
        (_OBJECT, "<label>", "<enableEnhancedLookup>true</enableEnhancedLookup><label>", "enableEnhancedLookup"),
        (_OBJECT, "<nameField>", "<nameField><startingNumber>1</startingNumber>", "startingNumber"),
        (_STATUS, "<sorted>", "<sortOrder>1</sortOrder><sorted>", "sortOrder"),
        (_RULE, "<active>", "<severity>1</severity><active>", "severity"),
        (_DASHBOARD, "<label>", "<license>Salesforce</license><label>", "license"),
        (_DASHBOARD, "<readable>", "<hidden>true</hidden><readable>", "hidden"),
        (_GROUP, "<label>", "<mutingPermissionSets>M</mutingPermissionSets><label>", "mutingPermissionSets"),
        (_APP, "<label>", "<iconUrl>x</iconUrl><label>", "iconUrl"),
        (_SETTINGS, "<label>", "<callbackUrl>x</callbackUrl><label>", "callbackUrl"),
    ],
)
def test_an_unknown_element_is_refused_by_name(
    packages: Path, change: Change, file: str, old: str, new: str, element: str
) -> None:
    path = change(file, old, new)
    with pytest.raises(MetadataError) as refused:
        compile_schema(packages)
    assert refused.value.element == element
    assert refused.value.path == path
    assert str(path) in str(refused.value)


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        (_START, "<label>", '<label lang="en">', "unknown attribute: lang"),
        (_START, "<label>", "stray<label>", "is followed by text: 'stray'"),
        (_START, "<required>true</required>", "<required>yes</required>", "must be true or false"),
        (_START, "<required>", "<required>true</required><required>", "stands more than once"),
        (_START, "<type>DateTime</type>", "<type>Location</type>", "a type that the compiler does not know: Location"),
        (_START, "<type>DateTime</type>", "", "lacks the element <type>"),
        (_START, "<fullName>Start__c</fullName>", "<fullName>Begin__c</fullName>", "which is not its file's"),
        (_START, "</CustomField>", "", "is not well-formed XML"),
        (_START, "2006/04/metadata", "2006/05/metadata", "is not in the metadata namespace"),
        (_HOST, "Restrict", "SetNull", "its deleteConstraint must be Restrict"),
        (_HOST, "<referenceTo>User<", "<referenceTo>Asset<", "refers to Asset, which does not exist"),
        (_HOST, "BookIt_Hosted_Meetings<", "BookIt_Original_Meetings<", "already has children called"),
        (_STATUS, "<fullName>Canceled</fullName>", "<fullName>scheduled</fullName>", "none twice"),
        (_OBJECT, "<sharingModel>Read<", "<sharingModel>ControlledByParent<", "exactly when it has a master-detail"),
        (_OBJECT, "<enableFeeds>false<", "<enableFeeds>true<", "must be one of false"),
        (_RULE, "<active>true<", "<active>false<", "must be one of true"),
        (_DASHBOARD, "<allowDelete>false<", "<allowDelete>true<", "without the ones that it depends on"),
        (_START, "<fullName>", "stray<fullName>", "holds text beside its elements"),
        (_DASHBOARD, "<object>BookIt_Link__c<", "<object>BookIt_Graph__c<", "without reading its master"),
        (_DASHBOARD, ".Response_Status__c<", ".Answer__c<", "which does not exist"),
        (_DASHBOARD, ".Response_Status__c<", ".Role__c<", "which every reader of the object has"),
        (_GROUP, "LeanData_Dashboard_Access<", "LeanData_Nothing<", "no such set"),
        (_SETTINGS, "Application>LeanDataECA<", "Application>Other<", "which is not an app of the package"),
    ],
)
def test_what_a_real_deploy_would_refuse_is_refused(
    packages: Path, change: Change, file: str, old: str, new: str, problem: str
) -> None:
    change(file, old, new)
    with pytest.raises(MetadataError, match=problem):
        compile_schema(packages)


def test_an_editable_field_that_is_not_readable_is_refused(packages: Path, change: Change) -> None:
    change(_DASHBOARD, "<editable>false<", "<editable>true<")
    change(_DASHBOARD, "<readable>true<", "<readable>false<")
    with pytest.raises(MetadataError, match="editable, but not readable"):
        compile_schema(packages)


def test_a_kind_of_file_that_is_not_known_is_refused(packages: Path) -> None:
    page = packages / f"leandata-bookit/{_SOURCE}/pages/Book.page-meta.xml"
    page.parent.mkdir()
    page.write_text("<ApexPage/>", encoding="utf-8")
    with pytest.raises(MetadataError, match="not a kind of metadata"):
        compile_schema(packages)


def test_a_field_without_its_object_is_refused(packages: Path) -> None:
    (packages / _OBJECT).unlink()
    with pytest.raises(MetadataError, match="an object that has no file"):
        compile_schema(packages)


def test_an_unknown_key_of_the_project_file_is_refused(packages: Path, change: Change) -> None:
    change("leandata-bookit/sfdx-project.json", '"name"', '"plugins": {}, "name"')
    with pytest.raises(MetadataError, match="<plugins>"):
        compile_schema(packages)
