"""Runs checks against an org, one after another, and says of each what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from typing import Any

from scripts.checks.findings import Finding
from scripts.checks.model import Check, Need
from scripts.checks.org import NotRunError, Org
from scripts.checks.visit import Visit

NEEDED_OBJECTS: dict[Need, frozenset[str]] = {
    Need.SUPPORT: frozenset({"BookIt_MCP_Operation__c", "BookIt_MCP_Claim__c"}),
    Need.BOOKIT: frozenset(
        {"LeanData__BookIt_Meeting_Type__c", "LeanData__BookIt_Pool__c", "LeanData__BookIt_Pool_Member__c"}
    ),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a check. not_run: why it could not be asked. left: rows that could not be deleted."""

    check: Check
    findings: tuple[Finding, ...] = ()
    not_run: str | None = None
    left: tuple[str, ...] = ()

    @property
    def differences(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if not finding.agrees)


def run_all(checks: Iterable[Check], org: Org) -> Iterator[Outcome]:
    """Each check in turn. Raises NotRunError when the org does not even tell its objects."""
    objects = org.object_names()
    for check in checks:
        missing = missing_need(check, org, objects)
        yield Outcome(check, not_run=f"needs {missing}") if missing else run(check, org)


def run(check: Check, org: Org) -> Outcome:
    """One check, and its rows deleted after it."""
    visit = Visit(org)
    findings: list[Finding] = []
    not_run: str | None = None
    try:
        findings.extend(check.look(visit))
    except NotRunError as error:
        not_run = str(error)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        # The answer is not of the form that the check reads on: that is a difference, not a defect of ours.
        findings.append(Finding("the form of an answer", "as the local org's", f"{type(error).__name__}: {error}"))
    finally:
        left = visit.leave()
    return Outcome(check, tuple(findings), not_run, tuple(left))


def missing_need(check: Check, org: Org, objects: Set[str]) -> Need | None:
    """The first thing that the check needs and this run does not have."""
    had: dict[Need, Any] = {
        Need.LIMITED_USER: org.limited_token,
        Need.APP: org.app,
        Need.SIGN_IN: org.app and org.sign_in,
        **{need: needed <= objects for need, needed in NEEDED_OBJECTS.items()},
    }
    return next((need for need in Need if need in check.needs and not had[need]), None)
