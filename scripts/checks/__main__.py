"""`scripts/check_org`: runs the checks against an org and prints what differs from the local org."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from scripts.checks import fidelity, report
from scripts.checks.areas.sign_ins import end, tokens
from scripts.checks.loopback import LoopbackSignIn
from scripts.checks.model import Check
from scripts.checks.org import App, NotRunError, Org
from scripts.checks.registry import CHECKS
from scripts.checks.runner import Outcome, run_all
from scripts.checks.visit import Visit

HELP = """Ask a Salesforce org for the behaviours of docs/FIDELITY.md and print what differs from the local org.

With CHECK names or prefixes (`soql.`, `writes.unique`), only those.

It writes only rows that it makes itself (accounts, contacts, leads, events; with our packages installed, theirs too),
whose names or keys begin with "BookIt MCP check", and deletes them after each check; they stay in the recycle bin, and
triggers and flows of the org run on them: use a sandbox or a developer org. Paging makes 201 accounts. No token or
secret is printed.

Everything that is secret comes from the environment:

\b
  CHECK_ORG_URL              https://acme.my.salesforce.com (http for a local org on this machine)
  CHECK_ORG_TOKEN            an access token of an administrator; or, to sign in instead:
  CHECK_ORG_CONSUMER_KEY     \u2502 of an External Client App that knows the callback below; also lets
  CHECK_ORG_CONSUMER_SECRET  \u2502 the OAuth refusals be checked
  CHECK_ORG_CALLBACK         http://localhost:8717/callback unless set
  CHECK_ORG_USERNAME         filled in on the login page
  CHECK_ORG_LIMITED_TOKEN    of a user with nothing but a Minimum Access profile, for the permissions

Exit status: 0 nothing differs, 1 something does (or a row was left behind), 2 the org could not be asked."""


@click.command("check_org", help=HELP)
@click.option("--url", envvar="CHECK_ORG_URL", help="The instance; CHECK_ORG_URL.")
@click.option("--callback", envvar="CHECK_ORG_CALLBACK", default="http://localhost:8717/callback", show_default=True)
@click.option("--username", envvar="CHECK_ORG_USERNAME", help="Filled in on the login page; CHECK_ORG_USERNAME.")
@click.option("--sign-in", is_flag=True, help="Also the checks for which somebody signs in, about ten times.")
@click.option("--browser/--no-browser", default=True, help="Open the login page, or only print its URL.")
@click.option("--list", "listed", is_flag=True, help="List the checks and ask nobody.")
@click.option("--document", is_flag=True, help="Print docs/FIDELITY.md and ask nobody.")
@click.argument("names", nargs=-1, metavar="[CHECK]…")
@click.pass_context
def check_org(
    context: click.Context,
    url: str | None,
    callback: str,
    username: str | None,
    sign_in: bool,
    browser: bool,
    listed: bool,
    document: bool,
    names: tuple[str, ...],
) -> None:
    checks = selected(names)
    if document:
        click.echo(fidelity.document(), nl=False)
        return
    if listed:
        for check in checks:
            click.echo(f"{check.id:32} {check.behaviour}")
        return
    environment = Environment()
    if url is None:
        _fail("CHECK_ORG_URL is not set; --help says what is needed.")
    signer = LoopbackSignIn(callback, username, open_browser=browser)
    try:
        org = Org(url, environment.token or "", environment.limited_token, environment.app)
    except ValueError as error:
        _fail(str(error))
    context.call_on_close(org.close)
    try:
        outcomes = _outcomes(org, signer, checks, all_sign_ins=sign_in)
    except NotRunError as error:
        _fail(org.redacted(str(error)))
    sys.exit(report.print_outcomes(outcomes, org.redacted))


def selected(names: Sequence[str]) -> list[Check]:
    """The checks of these names or prefixes, all without any. Raises click.UsageError for a name of none."""
    for name in names:
        if not any(check.id.startswith(name) for check in CHECKS):
            raise click.UsageError(f"There is no check {name}; --list names them.")
    return [check for check in CHECKS if not names or any(check.id.startswith(name) for name in names)]


class Environment:
    """What is secret, read from the environment alone: an argument shows in the list of processes."""

    def __init__(self) -> None:
        self.token = os.environ.get("CHECK_ORG_TOKEN")
        self.limited_token = os.environ.get("CHECK_ORG_LIMITED_TOKEN")
        key, secret = os.environ.get("CHECK_ORG_CONSUMER_KEY"), os.environ.get("CHECK_ORG_CONSUMER_SECRET")
        self.app = App(key, secret) if key and secret else None


def _outcomes(org: Org, signer: LoopbackSignIn, checks: Sequence[Check], *, all_sign_ins: bool) -> list[Outcome]:
    """Signs in first when there is no token, and ends that grant at the end. Raises NotRunError."""
    own: dict[str, str] | None = None
    if not org.token:
        if org.app is None:
            raise NotRunError("Neither CHECK_ORG_TOKEN nor a consumer key and secret is set; --help says more.")
        org.sign_in = signer
        own = tokens(Visit(org))
        org.token = own["access_token"]
    org.sign_in = signer if all_sign_ins else None
    try:
        with click.progressbar(run_all(checks, org), length=len(checks), file=sys.stderr) as running:
            return list(running)
    finally:
        if own is not None:
            end(Visit(org), own)


def _fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(2)


if __name__ == "__main__":
    check_org(prog_name="scripts/check_org")
