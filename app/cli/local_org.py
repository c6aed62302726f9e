"""`local-org`: the Salesforce org emulator by itself. With `demo` and `call`, the only way to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import click
import uvicorn

from app.cli.options import demo_options
from app.clock import system_clock
from app.demo import environment
from app.demo.processes import DEFAULT_ORG_PORT, DEFAULT_SERVER_PORT, OrgOptions
from app.local_org.app import UVICORN_OPTIONS, create_app
from app.local_org.demo_data import load
from app.local_org.demo_data.chapters import CHAPTER, load_chapters
from app.local_org.demo_data.options import DemoOptions
from app.local_org.faults.admin import PATH as FAULTS_PATH
from app.local_org.faults.admin import FaultAdmin, FaultRefused
from app.local_org.faults.clock import OrgClock
from app.local_org.https import make_certificates
from app.local_org.oauth.external_client_app import ExternalClientApp
from app.local_org.org import LocalOrg
from app.local_org.schema.compile import compile_schema

PACKAGES = Path(__file__).parents[2] / "salesforce_package"


def demo_rows(options: OrgOptions) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The rows that a local org of these options holds, by object; read without any server.

    Raises BadParameter for more than are held in memory.
    """
    if options.meetings > CHAPTER:
        raise click.BadParameter(f"the plain reading takes {CHAPTER} at most", param_hint="--meetings")
    schema = compile_schema(PACKAGES, bookit_version=options.bookit_version)
    return load.demo_data(schema, _demo_options(options)).rows


@click.command("local-org")
@click.option("--url", default=f"http://127.0.0.1:{DEFAULT_ORG_PORT}", show_default=True, help="Where it listens")
@click.option(
    "--server-url",
    default=f"http://127.0.0.1:{DEFAULT_SERVER_PORT}",
    show_default=True,
    help="The MCP server whose callback URLs its External Client App knows",
)
@click.option("--path", type=click.Path(path_type=Path), help="Keep the org in this file; without it, in memory")
@click.option("--now", metavar="ISO", help="The instant that the demo data is relative to; the present by default")
@click.option("--https", is_flag=True, help="Serve https, with a certificate made at start; prints the CA's file")
@click.option("--faults", is_flag=True, help="Let faults be armed and the clock be moved at /__admin__/faults")
@click.option("--fault", "armed", multiple=True, metavar="JSON", help="Arm this fault from the start; implies --faults")
@demo_options
def local_org(
    url: str,
    server_url: str,
    path: Path | None,
    now: str | None,
    https: bool,
    faults: bool,
    armed: tuple[str, ...],
    meetings: int,
    seed: int,
    bookit_version: str,
) -> None:
    """Run the local org alone: a Salesforce org with demo data, for any Salesforce client.

    With --path it is kept, and what is in the file stands; without, it is made anew at each start.
    """
    clock = OrgClock(system_clock) if faults or armed else system_clock
    options = OrgOptions(_instant(now), seed, meetings, int(bookit_version))
    schema = compile_schema(PACKAGES, bookit_version=options.bookit_version)
    if https:
        url = f"https://{urlsplit(url).netloc}"
    with ExitStack() as stack:
        try:
            org = stack.enter_context(closing(LocalOrg(path or ":memory:", schema, clock)))
        except ValueError as refused:  # a file of another schema, or one that was not loaded to its end
            raise click.ClickException(str(refused)) from None
        if org.is_new:
            if meetings > CHAPTER:
                click.echo(f"Loading {meetings:,} meetings: some minutes for each million …", err=True)
            load_chapters(org, _demo_options(options))
        app = create_app(
            org,
            external_client_app=ExternalClientApp.from_package(
                PACKAGES / "leandata-eca",
                consumer_key=environment.CONSUMER_KEY,
                consumer_secret=environment.CONSUMER_SECRET.get_secret_value(),
                callback_urls=environment.callbacks(server_url),
            ),
            demo_password=environment.PASSWORD.get_secret_value(),
            clock=clock,
            sign_in_path=None if path is None else path.with_suffix(".sign-ins.db"),
            faults=bool(faults or armed),
        )
        _arm(app.state.controls.faults, armed)
        listen = urlsplit(url)
        host = listen.hostname or "127.0.0.1"
        certificate: dict[str, Any] = {}
        if listen.scheme == "https":
            folder = stack.enter_context(TemporaryDirectory(prefix="local-org-"))
            made = make_certificates(Path(folder), system_clock(), [host])
            certificate = {"ssl_certfile": made.certificate, "ssl_keyfile": made.key}
            click.echo(f"Its certificate is signed by {made.ca}", err=True)
        if faults or armed:
            click.echo(f"Faults are on: see {url}{FAULTS_PATH}", err=True)
        password = environment.PASSWORD.get_secret_value()
        click.echo(f"A Salesforce org at {url}. Its users' password is {password}.", err=True)
        port = listen.port or (443 if certificate else 80)
        uvicorn.run(app, host=host, port=port, log_level="warning", **certificate, **UVICORN_OPTIONS)


def _arm(admin: FaultAdmin, armed: Sequence[str]) -> None:
    for text in armed:
        try:
            admin.take(text)
        except FaultRefused as error:
            raise click.BadParameter(str(error), param_hint="--fault") from error


def _demo_options(options: OrgOptions) -> DemoOptions:
    return DemoOptions(options.now, options.seed, options.meetings)


def _instant(text: str | None) -> datetime:
    if text is None:
        return system_clock()
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise click.BadParameter("it needs an offset, like 2026-11-23T12:00:00+00:00", param_hint="--now")
    return instant.astimezone(UTC)
