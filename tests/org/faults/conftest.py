"""One org on a socket whose faults can be armed, with everything that its clients sent, and a gateway for each test."""

from __future__ import annotations

import logging
from collections.abc import Generator, Mapping
from dataclasses import dataclass

import pytest
import requests

from app.clock import system_clock
from app.local_org.demo_data.load import demo_data, load
from app.local_org.demo_data.options import DemoOptions
from app.local_org.faults.clock import OrgClock
from app.local_org.org import LocalOrg
from app.local_org.schema.compile import compile_schema
from app.org.caller import Caller, Scope
from app.org.gateway import Gateway
from app.org.schema_map import SchemaMap
from soql.statements import StatementFile
from tests.org.conftest import org_settings
from tests.org.faults.live_grant import LiveGrant, LiveGrants
from tests.org.grants_in_memory import INTEGRATION_USER
from tests.support.local_org import PACKAGES, RunningLocalOrg, serving
from tests.support.movable_clock import MovableClock
from tests.support.wire import Wire

READ_SECONDS = 1.0
"""The gateway's time-out here: faults that are slower than it take three times as long."""
PEOPLE = 2_050
"""Enough for a second page of names/users."""


@dataclass(frozen=True)
class FaultyOrg:
    """The org. people: user ids by handle."""

    running: RunningLocalOrg
    wire: Wire
    grants: LiveGrants
    people: Mapping[str, str]

    @property
    def org_id(self) -> str:
        return self.running.org.info.org_id

    def caller(self, handle: str, scope: Scope) -> Caller:
        return Caller(
            org_id=self.org_id,
            user_id=self.people[handle],
            scope=scope,
            name=handle,
            email="",
            username="",
            timezone="UTC",
            client_id="",
        )

    def clear(self) -> None:
        """No fault, no usage, the clock as it was."""
        assert requests.delete(f"{self.running.url}/__admin__/faults", timeout=10).status_code == 204
        self.running.fault("api_usage", used=0, limit=1_000_000)
        self.running.fault("clock", reset=True)


def load_crowd(org: LocalOrg) -> None:
    """People who are only there to be many."""
    profile = org.as_system().query("SELECT Id FROM Profile WHERE Name = 'Standard User'")["records"][0]["Id"]
    shared = {
        "ProfileId": profile,
        "LastName": "Crowd",
        "IsActive": False,
        "TimeZoneSidKey": "America/Los_Angeles",
        "LocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US",
        "EmailEncodingKey": "UTF-8",
    }
    numbers = (f"crowd{number}" for number in range(PEOPLE))
    org.load(
        "User",
        [
            {**shared, "Username": f"{each}@demo.example", "Email": f"{each}@demo.example", "Alias": each[:8]}
            for each in numbers
        ],
    )


@pytest.fixture(scope="module")
def faulty_org() -> Generator[FaultyOrg]:
    clock = OrgClock(system_clock)
    schema = compile_schema(PACKAGES)
    data = demo_data(schema, DemoOptions(now=clock(), seed=7, meetings=40))
    org = LocalOrg(":memory:", schema, clock)
    load(org, data)
    load_crowd(org)
    wire = Wire()
    with serving(org, clock=clock, faults=True, around=wire.around) as running:
        grants = {
            data.people[handle]: LiveGrant(running, f"{handle}@demo.example", data.people[handle])
            for handle in ("admin", "rep1")
        }
        integration = data.people["integration"]
        grants[INTEGRATION_USER] = LiveGrant(running, "integration@demo.example", integration)
        yield FaultyOrg(running, wire, LiveGrants(grants), data.people)
    org.close()


@pytest.fixture
def clear_org(faulty_org: FaultyOrg) -> Generator[FaultyOrg]:
    """The org without a fault, before and after."""
    faulty_org.clear()
    for grant in faulty_org.grants.by_user.values():
        grant.renewals = 0
    faulty_org.wire.requests.clear()
    yield faulty_org
    faulty_org.clear()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def gateway(
    clear_org: FaultyOrg,
    statement_files: dict[str, StatementFile],
    schema_map: SchemaMap,
    clock: MovableClock,
) -> Generator[Gateway]:
    settings = org_settings(salesforce_trusted_origin=clear_org.running.url, salesforce_timeout_seconds=READ_SECONDS)
    gateway = Gateway(settings, statement_files, schema_map, clear_org.grants, clock)
    yield gateway
    gateway.close()


@dataclass(frozen=True)
class Logged:
    """What was logged at the wordiest level, but by the org itself, whose server stands in the same process."""

    caplog: pytest.LogCaptureFixture
    capsys: pytest.CaptureFixture[str]

    def text(self) -> str:
        """structlog prints; what libraries log goes through logging."""
        printed = self.capsys.readouterr()
        # Of other servers in this process: what they serve, and the SQL of their own databases.
        elsewhere = ("uvicorn", "aiosqlite")
        records = (record for record in self.caplog.records if not record.name.startswith(elsewhere))
        return "\n".join([printed.out, printed.err, *(f"{record.name} {record.getMessage()}" for record in records)])


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> Logged:
    caplog.set_level(logging.DEBUG)
    return Logged(caplog, capsys)
