"""One-time codes, the integration page's logins and sessions, counters of limits. It only adds: servers of the version
before go on working with it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("mcp_clients", sa.Column("fresh_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("authorizations", sa.Column("wrong_codes", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column(
        "sign_ins",
        sa.Column("method", sa.String(length=16), server_default=sa.text("'salesforce_login'"), nullable=False),
    )
    op.add_column("orgs", sa.Column("connection_username", sa.String(length=320), nullable=True))
    op.add_column("orgs", sa.Column("connection_lost_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("orgs", sa.Column("admin_email", sa.String(length=320), nullable=True))
    op.add_column("orgs", sa.Column("usage_shown", sa.Boolean(), server_default=sa.false(), nullable=False))

    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_index(op.f("ix_counters_until"), "counters", ["until"])

    op.create_table(
        "one_time_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("org_id", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("requested_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_one_time_codes")),
    )
    op.create_index(op.f("ix_one_time_codes_expires_at"), "one_time_codes", ["expires_at"])
    op.create_index(op.f("ix_one_time_codes_org_id"), "one_time_codes", ["org_id"])

    op.create_table(
        "page_logins",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("session_hash", sa.String(length=64), nullable=True),
        sa.Column("login_origin", sa.String(length=2048), nullable=False),
        sa.Column("sealed_verifier", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_page_logins")),
    )
    op.create_index(op.f("ix_page_logins_expires_at"), "page_logins", ["expires_at"])

    op.create_table(
        "page_sessions",
        sa.Column("session_hash", sa.String(length=64), nullable=False),
        sa.Column("org_id", sa.String(length=64), nullable=False),
        sa.Column("org_name", sa.String(length=255), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=320), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("login_origin", sa.String(length=2048), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("pk_page_sessions")),
    )
    op.create_index(op.f("ix_page_sessions_expires_at"), "page_sessions", ["expires_at"])
    op.create_index(op.f("ix_page_sessions_org_id"), "page_sessions", ["org_id"])


def downgrade() -> None:
    for table in ("page_sessions", "page_logins", "one_time_codes", "counters"):
        op.drop_table(table)
    with op.batch_alter_table("orgs") as orgs:
        for column in ("usage_shown", "admin_email", "connection_lost_at", "connection_username"):
            orgs.drop_column(column)
    op.drop_column("sign_ins", "method")
    op.drop_column("authorizations", "wrong_codes")
    op.drop_column("mcp_clients", "fresh_until")
