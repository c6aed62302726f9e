"""`demo`: the local org, the server, and a conversation."""

from __future__ import annotations

import asyncio
import sys
import time

import click
from rich.console import Console

from app.cli.local_org import demo_rows
from app.cli.options import demo_options
from app.clock import system_clock
from app.demo.connecting import how_to_connect
from app.demo.conversation import act, converse
from app.demo.deeds import deeds
from app.demo.processes import (
    DEFAULT_MAIL_PORT,
    DEFAULT_ORG_PORT,
    DEFAULT_SERVER_PORT,
    DidNotStart,
    OrgOptions,
    port_is_free,
    running,
)
from app.demo.reading import Reading, Rows

WIDTH = 132


@click.command()
@click.option("--once", is_flag=True, help="Stop after the conversation; exit 1 if an answer is wrong or empty")
@click.option("--port", type=int, default=DEFAULT_SERVER_PORT, show_default=True, help="Where the server listens")
@click.option("--org-port", type=int, default=DEFAULT_ORG_PORT, show_default=True, help="Where the local org listens")
@click.option("--mail-port", type=int, default=DEFAULT_MAIL_PORT, show_default=True, help="Where mail is shown")
@demo_options
def demo(once: bool, port: int, org_port: int, mail_port: int, meetings: int, seed: int, bookit_version: str) -> None:
    """Local org, server, and a conversation: an admin and a rep sign in and ask; every answer is checked.

    With --once the ports are any free ones.
    """
    options = OrgOptions(system_clock(), seed, meetings, int(bookit_version))
    console = Console(width=WIDTH, soft_wrap=True)
    rows = demo_rows(options)
    ports = {"server_port": port, "org_port": org_port, "mail_port": mail_port}
    for taken in () if once else ports.values():
        if not port_is_free(taken):
            raise click.ClickException(f"Port {taken} is in use. Choose others: --port, --org-port, --mail-port.")
    try:
        with running(options, **{name: None if once else number for name, number in ports.items()}) as all_three:
            # "This week" is the week in which it is asked: starting them may have taken us past a midnight.
            right = asyncio.run(_converse_and_act(all_three.server_url, rows, console))
            if once:
                sys.exit(not right)
            console.print()
            console.print(how_to_connect(all_three.server_url, all_three.mail_url), highlight=False, markup=False)
            console.print("Ctrl-C stops them all.")
            _wait()
    except DidNotStart as error:
        raise click.ClickException(str(error)) from None


async def _converse_and_act(server_url: str, rows: Rows, console: Console) -> bool:
    reading = Reading(rows, system_clock())
    asked = await converse(server_url, reading, console)
    return await act(server_url, deeds(reading), console) and asked


def _wait() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        click.echo("Stopped.")
