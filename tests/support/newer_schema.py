"""A schema of a later version, which this one meets while replicas are replaced: one revision more, that only adds."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import Connection

from app.store import migrations
from app.store.database import Database

NEWER = "newer"
REVISION = f'''
"""A nullable column, a column with a default, an index and a table, each on or beside tables that are in use."""

import sqlalchemy as sa
from alembic import op

revision = "{NEWER}"
down_revision = "{{newest}}"


def upgrade():
    for table in ("sign_ins", "access_tokens", "refresh_tokens", "authorization_codes", "salesforce_grants", "orgs"):
        op.add_column(table, sa.Column("later_note", sa.Text(), nullable=True))
        op.add_column(table, sa.Column("later_count", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_index("ix_audit_later", "audit", ["tool"])
    op.create_table(
        "later",
        sa.Column("later_id", sa.String(64), primary_key=True),
        sa.Column("family_id", sa.String(64), sa.ForeignKey("sign_ins.family_id", ondelete="CASCADE")),
    )
'''


async def upgrade_to_newer(database: Database) -> None:
    """What `bookit-mcp migrate` of that later version does, in one transaction, while others serve."""
    with tempfile.TemporaryDirectory() as folder:
        scripts = Path(folder) / "migrations"
        shutil.copytree(Path(migrations.__file__).parent, scripts)
        config = migrations.configuration()
        (newest,) = migrations.newest()
        (scripts / "versions" / f"{NEWER}.py").write_text(REVISION.format(newest=newest))
        config.set_main_option("script_location", str(scripts))

        def upgrade(connection: Connection) -> None:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

        async with database.session() as session:
            await (await session.connection()).run_sync(upgrade)
