"""`reseal`: the last step but one of changing the encryption key."""

from __future__ import annotations

import asyncio

import click

from app.cli.settings import read_settings
from app.clock import system_clock
from app.settings import Settings
from app.store.database import Database
from app.store.encryption import Keyring, SealError
from app.store.grants import Grants


@click.command()
def reseal() -> None:
    """Seal every Salesforce grant under the first of BOOKIT_MCP_ENCRYPTION_KEYS, so that the older keys can go.

    Before it, every server must run with the new key in its ring. Safe to repeat, and while servers run.
    """
    settings = read_settings()
    try:
        count = asyncio.run(_reseal(settings))
    except SealError as error:
        raise click.ClickException(f"{error}. Put that key back into the ring, at its end.") from None
    click.echo(f"{count} grants were sealed anew; all are under {next(iter(settings.encryption_keys))} now.")


async def _reseal(settings: Settings) -> int:
    database = Database(settings.database_url)
    try:
        return await Grants(database, Keyring.from_settings(settings.encryption_keys), system_clock).reseal()
    finally:
        await database.dispose()
