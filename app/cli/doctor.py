"""`doctor`: settings, database, orgs and schema map, and what the actions wrote: what is wrong, and what to do."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import StrEnum

import click
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from app.bookit.actions.consistency import inconsistencies
from app.bookit.actions.consistency_reading import read_written
from app.cli.settings import setting_problems, settings_or_error
from app.clock import system_clock
from app.logs import configure_logging
from app.org.errors import OrgError
from app.org.schema_map import SchemaMapError
from app.server import sign_in_services
from app.settings import Settings
from app.signin.services import SignInServices
from app.store.database import Database
from app.store.orgs import Org

DAYS = 60
MAX_DAYS = 1000


class Level(StrEnum):
    OK = "ok"
    OFF = "off"
    PROBLEM = "problem"


COLORS = {Level.OK: "green", Level.OFF: "yellow", Level.PROBLEM: "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. message: what was found, and what to do where it is not well."""

    level: Level
    what: str
    message: str


@click.command()
@click.option("--org", "look_inside", is_flag=True, help="Look through what the actions wrote in each org, too")
@click.option(
    "--days",
    type=click.IntRange(1, MAX_DAYS),
    default=DAYS,
    show_default=True,
    help="With --org: meetings booked in the last so many days, or starting in the last or next ones",
)
def doctor(look_inside: bool, days: int) -> None:
    """Look at settings, database, orgs and schema map, and say what to do. Exits 1 if something does not work.

    With --org also: whether meetings, calendar events, counts, credits, claims and operations fit together; a line for
    each that does not, with the ids of its records. It reads, and mends nothing.
    """
    findings = asyncio.run(_examined(days if look_inside else None))
    for finding in findings:
        click.secho(f"{finding.level:>7}  ", fg=COLORS[finding.level], nl=False)
        click.echo(f"{finding.what}: {finding.message}")
    sys.exit(any(finding.level is Level.PROBLEM for finding in findings))


async def _examined(days: int | None) -> list[Finding]:
    """days: how far to look into the orgs; None leaves them alone."""
    try:
        settings = settings_or_error()
    except ValidationError as error:
        return [Finding(Level.PROBLEM, "settings", problem) for problem in setting_problems(error)]
    configure_logging("ERROR")
    found = [Finding(Level.OK, "settings", f"complete; clients connect to {settings.public_url}/mcp")]
    database = Database(settings.database_url)
    try:
        found += [finding async for finding in _examine(settings, database, days)]
    finally:
        await database.dispose()
    return found


async def _examine(settings: Settings, database: Database, days: int | None) -> AsyncGenerator[Finding]:
    try:
        services = sign_in_services(settings, database)
    except SchemaMapError as error:
        yield Finding(Level.PROBLEM, "schema map", f"{error}. Correct the file in BOOKIT_MCP_SCHEMA_MAP.")
        return
    yield Finding(Level.OK, "statements", "every one compiles for its scopes with its record filter")
    try:
        current = await database.is_current()
    except (SQLAlchemyError, OSError) as error:
        yield Finding(Level.PROBLEM, "database", f"does not answer ({type(error).__name__}). Is it running?")
        return
    if not current:
        yield Finding(Level.PROBLEM, "database", "is not at this version's schema. Run: bookit-mcp migrate")
        return
    yield Finding(Level.OK, "database", "answers, and has the schema that this version needs")
    orgs = await services.orgs.enabled()
    if not orgs:
        yield Finding(Level.PROBLEM, "orgs", "none is enabled. Run: bookit-mcp enable --as ADMIN_USERNAME")
    for org in orgs:
        async for finding in _examine_org(services, org, days):
            yield finding


async def _examine_org(services: SignInServices, org: Org, days: int | None) -> AsyncGenerator[Finding]:
    what = f"org {org.name} ({org.org_id})"
    try:
        checked = await services.enabling.checks.now(org)
    except OrgError as error:
        again = "Run: bookit-mcp enable --as ADMIN_USERNAME"
        yield Finding(Level.PROBLEM, what, f"the org connection does not work: {error.message} {again}")
        return
    yield Finding(Level.OK, what, f"the org connection works; BookIt {checked.bookit_version}")
    for name, why in sorted(checked.what_is_off.items()):
        yield Finding(Level.OFF, what, f"{name} is off: {why}")
    if days is not None:
        async for finding in _look_inside(services, org, days):
            yield finding


async def _look_inside(services: SignInServices, org: Org, days: int) -> AsyncGenerator[Finding]:
    what = f"org {org.name} ({org.org_id})"
    try:
        written = await read_written(services.gateway.as_org_connection(org.org_id), system_clock(), days)
    except OrgError as error:
        yield Finding(Level.PROBLEM, what, f"what the actions wrote cannot be read: {error.message}")
        return
    found = inconsistencies(written)
    for each in found:
        yield Finding(Level.PROBLEM, what, each)
    if not found:
        size = f"{len(written.meetings)} meetings, {len(written.operations)} operations, {len(written.claims)} claims"
        yield Finding(Level.OK, what, f"what the actions wrote fits together ({size})")
