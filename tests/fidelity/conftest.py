"""A local org on a socket for the checks, with everything that a check may need."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import pytest

from app.clock import system_clock
from app.local_org.org import LocalOrg
from app.local_org.schema.compile import compile_schema
from scripts.checks.org import App, Org
from tests.support.local_org import (
    CALLBACK,
    CONSUMER_KEY,
    CONSUMER_SECRET,
    PACKAGES,
    RunningLocalOrg,
    decide,
    load_people,
    log_in,
    serving,
)

ADMIN = "admin@demo.example"
LIMITED = "minimum@demo.example"


@dataclass(frozen=True)
class FormSignIn:
    """Signs the administrator in by filling in the local org's forms, with a new browser each time."""

    running: RunningLocalOrg

    @property
    def redirect_uri(self) -> str:
        return CALLBACK

    def authorize(self, url: str) -> Mapping[str, str]:
        browser = self.running.browser()
        try:
            page = browser.open(url.removeprefix(self.running.url))
            if page.left_to is None and page.status == 200:
                page = decide(browser, log_in(browser, page, ADMIN))
            return dict(parse_qsl(urlsplit(page.left_to or "").query))
        finally:
            browser.close()


@pytest.fixture(scope="session")
def running() -> Generator[RunningLocalOrg]:
    """One org for all checks: each cleans up after itself. The administrator holds our support package's set too."""
    org = LocalOrg(":memory:", compile_schema(PACKAGES), system_clock)
    people = load_people(org)
    found = org.as_system().query("SELECT Id FROM PermissionSet WHERE Name = 'BookIt_MCP_Org_Connection'")["records"]
    assignment = {"AssigneeId": people[ADMIN], "PermissionSetId": found[0]["Id"], "IsActive": True}
    org.load("PermissionSetAssignment", [assignment])
    with serving(org) as served:
        yield served
    org.close()


@pytest.fixture(scope="session")
def org(running: RunningLocalOrg) -> Generator[Org]:
    """The org as the checks meet it."""
    checked = Org(
        running.url,
        running.sign_in(ADMIN)["access_token"],
        limited_token=running.sign_in(LIMITED)["access_token"],
        app=App(CONSUMER_KEY, CONSUMER_SECRET),
        sign_in=FormSignIn(running),
    )
    yield checked
    checked.close()
