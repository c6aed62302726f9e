"""A second org of the same server. Its ids are those of the first one's rows, as far as they go, and mean others: what
is mixed up between orgs shows: addresses of the neighbour have `.neighbour.example` in them, and names end in Nextdoor.

The settings trust one origin beside Salesforce's own; so the neighbour's people sign in through services of their own,
over the same database, and the org itself is on https, as orgs are. The server that answers them is the same.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.clock import Clock, system_clock
from app.demo.browser import walk_through
from app.local_org.demo_data import load
from app.local_org.demo_data.model import DemoData
from app.local_org.demo_data.options import DemoOptions
from app.local_org.https import make_certificates
from app.local_org.org import LocalOrg
from app.local_org.schema.compile import compile_schema
from app.server import sign_in_services
from app.settings import Settings
from app.signin.enable import EnableReport, enable_org
from app.signin.loopback_login import REDIRECT_URI, loopback_login
from app.signin.salesforce import SalesforceTokens
from app.signin.services import SignInServices
from app.store.authorizations import AuthorizationRequest
from app.store.codes import Codes, Person
from app.store.database import Database
from tests.support.local_org import PACKAGES, PASSWORD, RunningLocalOrg, serving
from tests.support.movable_clock import MovableClock
from tests.support.running_server import RunningServer, apart, running_server

ORG_ID = "00Dxx0000000002EAA"
ADDRESS = ".neighbour.example"
NAME = " Nextdoor"
_NAMES = re.compile(r"(?<!First)(?<!Developer)(?<!Internal_)Name(__c)?$")
MEETINGS = 300
"""More than the first org has, so that some ids are the neighbour's alone."""


@dataclass(frozen=True)
class Neighbour:
    """The second org, enabled."""

    server: RunningServer
    org: RunningLocalOrg
    data: DemoData
    settings: Settings

    async def access_token(self, handle: str) -> str:
        """Of a new sign-in of this person, good at the server."""
        database = Database(self.settings.database_url)
        services = sign_in_services(self.settings, database, self.server.clock)
        try:
            standing = await services.sign_in.complete(await _log_in(services, self.settings, handle))
            request = AuthorizationRequest("client", REDIRECT_URI, True, None, "", None, ("bookit",))
            codes = Codes(database, self.server.clock)
            person = Person(standing.org_id, standing.user_id, standing.username, standing.scope.value)
            taken = await codes.take(await codes.issue(request, person))
            assert taken is not None
            audience = f"{self.server.url}/mcp"
            issued = await services.tokens.issue(taken.family_id, scopes=taken.scopes, audience=audience)
        finally:
            services.gateway.close()
            await database.dispose()
        return issued.access_token.get_secret_value()


@contextmanager
def two_orgs(folder: Path, **options: Any) -> Generator[tuple[RunningServer, Neighbour]]:
    """The server with its own org, and the neighbour enabled beside it. Its certificate is trusted meanwhile. options:
    of running_server."""
    clocks: list[Clock] = [MovableClock()]
    schema = compile_schema(PACKAGES, bookit_version=8)
    data = load.demo_data(schema, DemoOptions(clocks[0](), seed=99, meetings=MEETINGS))
    for rows in data.rows.values():
        for row in rows:
            row.update({name: _moved(name, value) for name, value in row.items()})
    certificates = make_certificates(folder, system_clock())

    def clock() -> datetime:
        return clocks[-1]()

    local = LocalOrg(":memory:", schema, clock, org_id=ORG_ID, name="Neighbour Org")
    try:
        load.load(local, data)
        with (
            pytest.MonkeyPatch.context() as environment,
            serving(
                local,
                clock=clock,
                callback_urls=(REDIRECT_URI,),
                session_timeout=timedelta(days=30),
                certificates=certificates,
            ) as org,
            running_server(folder, **options) as server,
        ):
            clocks.append(server.clock)
            for library in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
                environment.setenv(library, str(certificates.ca))
            places = dict.fromkeys(("login_url", "sandbox_url", "trusted_origin"), org.url)
            changes = {f"salesforce_{name}": url for name, url in places.items()}
            neighbour = Neighbour(server, org, data, server.settings.model_copy(update=changes))
            report = apart(lambda: _enable(neighbour))
            assert report.enabled, report.problems
            yield server, neighbour
    finally:
        local.close()


def _moved(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value + NAME if _NAMES.search(name) else value.replace(".example", ADDRESS)


async def _enable(neighbour: Neighbour) -> EnableReport:
    database = Database(neighbour.settings.database_url)
    services = sign_in_services(neighbour.settings, database, neighbour.server.clock)
    try:
        return await enable_org(services.enabling, await _log_in(services, neighbour.settings, "admin"))
    finally:
        services.gateway.close()
        await database.dispose()


async def _log_in(services: SignInServices, settings: Settings, handle: str) -> SalesforceTokens:
    async def visit(start: str, destination: str) -> str:
        return await walk_through(start, destination, {"username": f"{handle}@demo{ADDRESS}", "pw": PASSWORD})

    return await loopback_login(services.login, settings.salesforce_login_url, visit=visit)
