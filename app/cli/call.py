"""`call`: one tool, as somebody, from the shell."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from typing import Any, cast

import click
import httpx2
from mcp import MCPError
from mcp.client.auth import OAuthFlowError
from pydantic import SecretStr

from app.cli.options import demo_options
from app.clock import system_clock
from app.demo import environment
from app.demo.browser import SignInRefused
from app.demo.mcp_client import signed_in
from app.demo.processes import DidNotStart, OrgOptions, running


@click.command()
@click.argument("tool")
@click.argument("arguments", default="{}")
@click.option("--as", "username", required=True, metavar="USERNAME", help="Who signs in, like rep1@demo.example")
@click.option("--url", help="A running server, like http://127.0.0.1:8080; without it, a demo's for this one call")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input; else it is the demo's")
@demo_options
def call(
    tool: str,
    arguments: str,
    username: str,
    url: str | None,
    password_stdin: bool,
    meetings: int,
    seed: int,
    bookit_version: str,
) -> None:
    """Sign in over OAuth, call one tool, print the structured answer as JSON and nothing else.

    A tool's error is printed as JSON too, and exits 1.
    """
    # The SDK logs what it raises, with a stack trace; here the message alone is for the reader.
    logging.getLogger("mcp").setLevel(logging.CRITICAL)
    given = _object(arguments)
    password = SecretStr(sys.stdin.readline().rstrip("\n")) if password_stdin else environment.PASSWORD
    try:
        if url is not None:
            failed = asyncio.run(_call(url.rstrip("/").removesuffix("/mcp"), username, password, tool, given))
        else:
            options = OrgOptions(system_clock(), seed, meetings, int(bookit_version))
            with running(options, server_port=None, org_port=None) as both:
                failed = asyncio.run(_call(both.server_url, username, password, tool, given))
    except* (SignInRefused, DidNotStart, MCPError, OAuthFlowError) as errors:
        raise click.ClickException("\n".join(_messages(errors))) from None
    except* httpx2.TransportError:
        raise click.ClickException(f"{url or 'The demo server'} does not answer. Is it running?") from None
    sys.exit(failed)


def _messages(errors: BaseExceptionGroup[Exception]) -> list[str]:
    """What the errors in a group of groups say."""
    return [
        message
        for error in errors.exceptions
        for message in (_messages(error) if isinstance(error, BaseExceptionGroup) else [str(error)])
    ]


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"not JSON: {error}", param_hint="ARGUMENTS") from None
    if not isinstance(value, dict):
        raise click.BadParameter("a JSON object is needed, like '{}'", param_hint="ARGUMENTS")
    return cast(dict[str, Any], value)


async def _call(url: str, username: str, password: SecretStr, tool: str, arguments: dict[str, Any]) -> bool:
    """Print the answer; whether it was an error."""
    async with signed_in(url, username, password, client_name="bookit-mcp call") as client:
        result = await client.call_tool(tool, arguments)
    click.echo(json.dumps(result.structured_content, indent=2, ensure_ascii=False))
    return bool(result.is_error)
