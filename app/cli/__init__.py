"""`bookit-mcp`: run the server, the local org, or both; turn an org on; call a tool; find out what is wrong."""

from importlib import import_module
from typing import Any

import click

COMMANDS = {
    "demo": "app.cli.demo:demo",
    "serve": "app.cli.serve:serve",
    "local-org": "app.cli.local_org:local_org",
    "migrate": "app.cli.serve:migrate",
    "backup": "app.cli.backup:backup",
    "reseal": "app.cli.reseal:reseal",
    "enable": "app.cli.enable:enable",
    "disable": "app.cli.disable:disable",
    "call": "app.cli.call:call",
    "doctor": "app.cli.doctor:doctor",
}


class LazyGroup(click.Group):
    """Imports a command when it is run: the local org does not wait for the server's imports, nor the other way."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: Any = getattr(import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{COMMANDS[cmd_name]} is no command")
        return command


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="bookit-mcp")
def main() -> None:
    """BookIt MCP (BETA): LeanData BookIt for Claude, ChatGPT, Cursor and other MCP clients.

    Settings come from BOOKIT_MCP_* in the environment or in .env; .env.example lists them.
    """
