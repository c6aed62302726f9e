"""`backup`: a copy of the SQLite database."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.settings import read_settings
from app.store.backup import CannotBackUp, back_up


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Copy the SQLite database to a new FILE, while servers go on using it. For PostgreSQL there is pg_dump.

    The keys in the settings are not in it, and it is of no use without them: keep them too, elsewhere.
    docs/operations.md says how to restore.
    """
    try:
        back_up(read_settings().database_url, file)
    except CannotBackUp as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"The database is in {file}.")
