"""`bookit-mcp`: run the server, the local org, or both; turn an org on; call a tool; find out what is wrong."""

import click

from app.cli.call import call
from app.cli.demo import demo
from app.cli.doctor import doctor
from app.cli.enable import enable
from app.cli.local_org import local_org
from app.cli.serve import migrate, serve


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    commands=[demo, serve, local_org, migrate, enable, call, doctor],
)
@click.version_option(package_name="bookit-mcp")
def main() -> None:
    """BookIt MCP (BETA): LeanData BookIt for Claude, ChatGPT, Cursor and other MCP clients.

    Settings come from BOOKIT_MCP_* in the environment or in .env; .env.example lists them.
    """
