"""Sharing rules are read strictly: every element means something, and what the local org does not do is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.local_org.schema.compile import compile_schema
from app.local_org.schema.metadata_xml import MetadataError
from app.local_org.schema.model import Audience, AudienceKind, Criterion, Operation, SharingRule
from tests.local_org.schema.conftest import PACKAGES

_CLAIM = "bookit-mcp-support/force-app/main/default/sharingRules/BookIt_MCP_Claim__c.sharingRules-meta.xml"
_MEETING = "leandata-bookit/force-app/main/default/sharingRules/BookIt_Meeting__c.sharingRules-meta.xml"

_OWNER = (
    "<sharingOwnerRules><fullName>West</fullName><accessLevel>Edit</accessLevel><label>West</label>"
    "<sharedTo><roleAndSubordinatesInternal>VP</roleAndSubordinatesInternal></sharedTo>"
    "<sharedFrom><group>Reps</group></sharedFrom></sharingOwnerRules>"
)
_CRITERIA = (
    "<sharingCriteriaRules><fullName>Live</fullName><accessLevel>Edit</accessLevel><label>Live</label>"
    "<sharedTo><allInternalUsers></allInternalUsers></sharedTo><booleanFilter>1 and (2 OR NOT 3)</booleanFilter>"
    "<criteriaItems><field>Status__c</field><operation>equals</operation><value>Scheduled,Rescheduled</value>"
    "</criteriaItems>"
    "<criteriaItems><field>Is_No_Show__c</field><operation>notEqual</operation><value>True</value></criteriaItems>"
    "<criteriaItems><field>Start__c</field><operation>lessThan</operation><value>2026-11-25T12:00:00Z</value>"
    "</criteriaItems>"
    "<includeRecordsOwnedByAll>false</includeRecordsOwnedByAll></sharingCriteriaRules>"
)


def _write(packages: Path, file: str, rules: str) -> None:
    path = packages / file
    path.parent.mkdir(exist_ok=True)
    root = f'<SharingRules xmlns="http://soap.sforce.com/2006/04/metadata">{rules}</SharingRules>'
    path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{root}', encoding="utf-8")


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    return shutil.copytree(PACKAGES, tmp_path / "salesforce_package")


def test_rules_by_owner_and_by_criteria_are_taken(packages: Path) -> None:
    _write(packages, _CLAIM, _OWNER)
    _write(packages, _MEETING, _CRITERIA)
    schema = compile_schema(packages)
    assert schema.objects["BookIt_MCP_Claim__c"].sharing_rules == (
        SharingRule(
            "West",
            True,
            Audience(AudienceKind.ROLE_AND_INTERNAL_SUBORDINATES, "VP"),
            Audience(AudienceKind.GROUP, "Reps"),
        ),
    )
    rule = schema.objects["LeanData__BookIt_Meeting__c"].sharing_rules[0]
    assert rule.criteria == (
        Criterion("LeanData__Status__c", Operation.EQUALS, ("Scheduled", "Rescheduled")),
        Criterion("LeanData__Is_No_Show__c", Operation.NOT_EQUAL, (1,)),
        Criterion("LeanData__Start__c", Operation.LESS, (1795608000000,)),
    )
    assert (rule.logic, rule.owned_by_all, rule.shared_to.kind) == (
        "1 AND (2 OR NOT 3)",
        False,
        AudienceKind.ALL_INTERNAL_USERS,
    )


@pytest.mark.parametrize(
    ("file", "rules", "old", "new", "found"),
    [
        (_CLAIM, _OWNER, "<label>", "<rank>1</rank><label>", "rank"),
        (_CLAIM, _OWNER, "Edit", "All", "must be one of Read, Edit"),
        (_CLAIM, _OWNER, "<group>Reps</group>", "", "exactly one"),
        (_CLAIM, _OWNER, "<group>Reps</group>", "<group>Reps</group><role>A</role>", "exactly one"),
        (_CLAIM, _OWNER, "<group>Reps</group>", "<managers>Reps</managers>", "managers"),
        (_CLAIM, _OWNER, "<group>Reps</group>", "<territory>West</territory>", "territory"),
        (_CLAIM, _OWNER, "roleAndSubordinatesInternal", "queue", "shares with a queue"),
        (_CLAIM, _OWNER, "sharingOwnerRules", "sharingGuestRules", "sharingGuestRules"),
        (_CLAIM, _OWNER + _OWNER, "x", "x", "two rules of one name"),
        (_MEETING, _CRITERIA, "Edit", "Read", "everybody may do anyway"),
        (_MEETING, _CRITERIA, "Status__c", "Nope__c", "does not have"),
        (_MEETING, _CRITERIA, "<operation>equals", "<operation>within", "must be one of"),
        (_MEETING, _CRITERIA, "<operation>notEqual", "<operation>contains", "of type boolean with contains"),
        (_MEETING, _CRITERIA, "True", "Yes", "with 'Yes'"),
        (_MEETING, _CRITERIA, "2026-11-25T12:00:00Z", "2026-11-25T12:00:00", "of type datetime"),
        (_MEETING, _CRITERIA, "1 and (2 OR NOT 3)", "1 AND 2 OR 3", "mixes AND and OR"),
        (_MEETING, _CRITERIA, "1 and (2 OR NOT 3)", "1 AND 2", "does not join its 3 criteria"),
        (_MEETING, _CRITERIA, "1 and (2 OR NOT 3)", "1 XOR 2", "is no logic at 2"),
        (_MEETING, _CRITERIA, "1 and (2 OR NOT 3)", "1 AND (2 OR 3", "is not whole"),
        (_MEETING.replace("Meeting__c", "Attendee__c"), _OWNER, "x", "x", "it takes no sharing rules"),
        (_MEETING.replace("BookIt_Meeting__c", "Account"), _OWNER, "x", "x", "it takes no sharing rules"),
        (_MEETING.replace("BookIt_Meeting__c", "Event"), _OWNER, "x", "x", "it takes no sharing rules"),
        (_MEETING.replace("Meeting__c", "Nope__c"), _OWNER, "x", "x", "which does not exist"),
    ],
)
def test_another_rule_is_refused_by_file_and_element(
    packages: Path, file: str, rules: str, old: str, new: str, found: str
) -> None:
    _write(packages, file, rules.replace(old, new))
    with pytest.raises(MetadataError, match=found) as refused:
        compile_schema(packages)
    assert "sharingRules" in str(refused.value.path) or found == "which does not exist"
