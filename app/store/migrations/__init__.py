"""The schema's history (Alembic), shipped in the package and run from code: there is no alembic.ini to find.

A revision only expands: servers of the version before go on working on it while they are replaced. What the code has
stopped using leaves tables.py, and the revision of that release names it, `unused = ("table.column",)`. A revision of a
later release takes it away and names it, `contracts = ("table.column",)`. tests/store/test_expansion.py holds both.
"""

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
    """Runs what is missing, in the transaction of that connection. A newer schema than ours stays as it is."""
    if not _unknown(_stands_at(connection)):
        command.upgrade(configuration(connection), "head")


def is_new_enough(connection: Connection) -> bool:
    """True when the database stands at the newest revision that this package ships, or at one that came after it.

    While replicas are replaced one by one, the older ones meet a schema of the newer version. A revision that we do
    not know is a later one: revisions are only ever added, each after the newest. It serves us too, because it takes
    nothing away that this version uses (tests/store/test_expansion.py holds every revision to that).
    """
    at = _stands_at(connection)
    return at == newest() or bool(_unknown(at))


def _stands_at(connection: Connection) -> set[str]:
    return set(MigrationContext.configure(connection).get_current_heads())


def newest() -> set[str]:
    """The revision that this package leads to."""
    return set(_scripts().get_heads())


def _unknown(revisions: set[str]) -> set[str]:
    return revisions - {script.revision for script in _scripts().walk_revisions()}


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration())
