"""The schema's history (Alembic), shipped in the package and run from code: there is no alembic.ini to find."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

ADVISORY_LOCK = 4_207_249_001
"""PostgreSQL's lock that migrating processes queue at. Any number will do, as long as it stays the same."""


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration, for that connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Runs what is missing, in the transaction of that connection."""
    command.upgrade(configuration(connection), "head")


def is_newest(connection: Connection) -> bool:
    """True when the database stands at the newest revision that this package ships."""
    newest = set(ScriptDirectory.from_config(configuration()).get_heads())
    return set(MigrationContext.configure(connection).get_current_heads()) == newest
