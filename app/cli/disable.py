"""`disable`: BookIt MCP is turned off for an org."""

from __future__ import annotations

import asyncio

import click

from app.cli.settings import read_settings
from app.logs import configure_logging
from app.org.ids import MalformedId, record_id
from app.server import sign_in_services
from app.settings import Settings
from app.store.database import Database


@click.command()
@click.option("--org", "org_id", required=True, metavar="ORG_ID", help="Its Salesforce id, 00D…")
def disable(org_id: str) -> None:
    """Turn BookIt MCP off for an org: every sign-in ends, and every grant goes back to Salesforce.

    The same as Disable on the integration page. `enable` turns it on again; everybody then signs in anew.
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    try:
        org_id = record_id(org_id)
    except MalformedId as problem:
        raise click.ClickException(str(problem)) from None
    if not asyncio.run(_disable(settings, org_id)):
        raise click.ClickException(f"BookIt MCP is not on for the org {org_id}.")
    click.echo(f"BookIt MCP is off for the org {org_id}.")


async def _disable(settings: Settings, org_id: str) -> bool:
    database = Database(settings.database_url)
    try:
        services = sign_in_services(settings, database)
        try:
            return await services.disabling.disable(org_id)
        finally:
            services.gateway.close()
    finally:
        await database.dispose()
