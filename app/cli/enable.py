"""`enable`: an admin turns BookIt MCP on for an org."""

from __future__ import annotations

import asyncio
import sys
from functools import partial

import click
from pydantic import SecretStr

from app.cli.settings import read_settings
from app.demo.browser import SignInRefused as PageRefused
from app.demo.browser import walk_through
from app.logs import configure_logging
from app.server import sign_in_services
from app.settings import Settings
from app.signin.enable import EnableReport, enable_org
from app.signin.loopback_login import loopback_login
from app.signin.refusals import SignInRefused
from app.store.database import Database


@click.command()
@click.option("--as", "username", required=True, metavar="USERNAME", help="The admin who signs in")
@click.option("--sandbox", is_flag=True, help="Sign in at the sandbox login, not the production one")
@click.option(
    "--password-stdin",
    is_flag=True,
    help="Fill in the local org's login form, with the password from standard input. A real org is for a browser.",
)
def enable(username: str, sandbox: bool, password_stdin: bool) -> None:
    """Turn BookIt MCP on for an org: an admin signs in, and that login becomes the org connection.

    Checks View All Data, Modify All Data, licence, version and schema map, and says what is off and why.
    Repeat it to bind another login.
    """
    settings = read_settings()
    configure_logging(settings.log_level)
    password = SecretStr(sys.stdin.readline().rstrip("\n")) if password_stdin else None
    try:
        report = asyncio.run(_enable(settings, username, password, sandbox=sandbox))
    except SignInRefused as refused:
        lines = [refused.refusal.title, refused.refusal.explanation, *refused.details, *refused.refusal.steps]
        raise click.ClickException("\n".join(lines)) from None
    except PageRefused as refused:
        raise click.ClickException(f"Salesforce did not let {username} in: {refused}") from None
    if report.username is not None and report.username.casefold() != username.casefold():
        click.echo(f"Note: it was {report.username} who signed in, not {username}.", err=True)
    if not report.enabled:
        raise click.ClickException("\n".join(["Not enabled.", *report.problems]))
    for what, why in sorted(report.off.items()):
        click.echo(f"off: {what}: {why}")
    click.echo(f"BookIt MCP is on for {report.org_name}, BookIt {report.bookit_version}, as {report.username}.")


async def _enable(settings: Settings, username: str, password: SecretStr | None, *, sandbox: bool) -> EnableReport:
    database = Database(settings.database_url)
    try:
        services = sign_in_services(settings, database)
        visit = None if password is None else partial(_fill_in, username=username, password=password)
        origin = settings.salesforce_sandbox_url if sandbox else settings.salesforce_login_url
        tokens = await loopback_login(services.login, origin, visit=visit, show=click.echo)
        return await enable_org(services.enabling, tokens)
    finally:
        await database.dispose()


async def _fill_in(start: str, destination: str, *, username: str, password: SecretStr) -> str:
    return await walk_through(start, destination, {"username": username, "pw": password.get_secret_value()})
