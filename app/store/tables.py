"""Every table of ours. A row that concerns an org carries its org_id; a secret is stored hashed or sealed, never plain.

Nothing of BookIt is stored here: the Salesforce org is the source of truth.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.store.columns import UtcDateTime

ID = 64
"""Long enough for a Salesforce id, a sha256 in hex and an id of ours."""
URL = 2048


class Base(DeclarativeBase):
    """Names every constraint, because a migration can only change what has a name."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's own declaration)
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[str]: JSON,
        bytes: LargeBinary,
    }


class ClientRow(Base):
    """An MCP client, by registration (RFC 7591) or by its metadata document, whose client_id is a URL."""

    __tablename__ = "mcp_clients"

    client_id: Mapped[str] = mapped_column(String(URL), primary_key=True)
    details: Mapped[dict[str, Any]]
    secret_hash: Mapped[str | None] = mapped_column(String(ID))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime] = mapped_column(index=True)


class AuthorizationRow(Base):
    """An authorize request on its way: from the client's redirect to us until Salesforce sends the browser back."""

    __tablename__ = "authorizations"

    authorization_id: Mapped[str] = mapped_column(String(ID), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(URL))
    redirect_uri: Mapped[str] = mapped_column(String(URL))
    redirect_uri_explicit: Mapped[bool]
    client_state: Mapped[str | None] = mapped_column(Text)
    code_challenge: Mapped[str] = mapped_column(String(128))
    resource: Mapped[str | None] = mapped_column(String(URL))
    scopes: Mapped[list[str]]
    browser_hash: Mapped[str | None] = mapped_column(String(ID))
    consented_at: Mapped[datetime | None]
    upstream_state_hash: Mapped[str | None] = mapped_column(String(ID), unique=True)
    upstream_login_origin: Mapped[str | None] = mapped_column(String(URL))
    sealed_verifier: Mapped[bytes | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SignInRow(Base):
    """One person signed in through one client: the family that all its tokens belong to."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index(None, "org_id", "user_id"),)

    family_id: Mapped[str] = mapped_column(String(ID), primary_key=True)
    org_id: Mapped[str] = mapped_column(String(ID))
    user_id: Mapped[str] = mapped_column(String(ID))
    username: Mapped[str] = mapped_column(String(320))
    client_id: Mapped[str] = mapped_column(String(URL), index=True)
    scope: Mapped[str] = mapped_column(String(16))
    since: Mapped[datetime]
    last_used_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None] = mapped_column(String(ID))


class CodeRow(Base):
    """An authorization code. A used one is kept for a while, to recognise its second use."""

    __tablename__ = "authorization_codes"

    code_hash: Mapped[str] = mapped_column(String(ID), primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("sign_ins.family_id", ondelete="CASCADE"), index=True)
    client_id: Mapped[str] = mapped_column(String(URL))
    redirect_uri: Mapped[str] = mapped_column(String(URL))
    redirect_uri_explicit: Mapped[bool]
    code_challenge: Mapped[str] = mapped_column(String(128))
    resource: Mapped[str | None] = mapped_column(String(URL))
    scopes: Mapped[list[str]]
    org_id: Mapped[str] = mapped_column(String(ID))
    user_id: Mapped[str] = mapped_column(String(ID))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class AccessTokenRow(Base):
    """An access token that an MCP client holds. A revoked one is deleted."""

    __tablename__ = "access_tokens"

    token_hash: Mapped[str] = mapped_column(String(ID), primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("sign_ins.family_id", ondelete="CASCADE"), index=True)
    client_id: Mapped[str] = mapped_column(String(URL))
    org_id: Mapped[str] = mapped_column(String(ID))
    user_id: Mapped[str] = mapped_column(String(ID))
    scopes: Mapped[list[str]]
    audience: Mapped[str | None] = mapped_column(String(URL))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class RefreshTokenRow(Base):
    """A refresh token. A rotated one stays until it expires, to recognise its reuse."""

    __tablename__ = "refresh_tokens"

    token_hash: Mapped[str] = mapped_column(String(ID), primary_key=True)
    family_id: Mapped[str] = mapped_column(ForeignKey("sign_ins.family_id", ondelete="CASCADE"), index=True)
    client_id: Mapped[str] = mapped_column(String(URL))
    org_id: Mapped[str] = mapped_column(String(ID))
    user_id: Mapped[str] = mapped_column(String(ID))
    scopes: Mapped[list[str]]
    audience: Mapped[str | None] = mapped_column(String(URL))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    rotated_at: Mapped[datetime | None]


class GrantRow(Base):
    """What Salesforce granted us for one user; for the org connection it is a row apart from that user's own."""

    __tablename__ = "salesforce_grants"

    org_id: Mapped[str] = mapped_column(String(ID), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(ID), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16), primary_key=True)
    sealed_access_token: Mapped[bytes]
    sealed_refresh_token: Mapped[bytes]
    instance_url: Mapped[str] = mapped_column(String(URL))
    login_origin: Mapped[str] = mapped_column(String(URL))
    version: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class LeaseRow(Base):
    """Who may do a thing that only one process may do at a time, and until when."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    owner: Mapped[str] = mapped_column(String(ID))
    expires_at: Mapped[datetime]


class OrgRow(Base):
    """A Salesforce org that an admin turned on, and how its last check went."""

    __tablename__ = "orgs"

    org_id: Mapped[str] = mapped_column(String(ID), primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    instance_url: Mapped[str] = mapped_column(String(URL))
    enabled_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    connection_user_id: Mapped[str | None] = mapped_column(String(ID))
    checked_at: Mapped[datetime | None]
    check_result: Mapped[dict[str, Any] | None]
    bookit_version: Mapped[str | None] = mapped_column(String(32))
    what_is_off: Mapped[dict[str, Any]]


class AuditRow(Base):
    """One tool call. The arguments are there as a digest alone: they hold people's names."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "org_id", "at"),)

    audit_id: Mapped[str] = mapped_column(String(ID), primary_key=True)
    request_id: Mapped[str] = mapped_column(String(ID), index=True)
    org_id: Mapped[str] = mapped_column(String(ID))
    user_id: Mapped[str | None] = mapped_column(String(ID))
    actor: Mapped[str] = mapped_column(String(320))
    client_id: Mapped[str] = mapped_column(String(URL))
    scope: Mapped[str] = mapped_column(String(16))
    tool: Mapped[str] = mapped_column(String(ID))
    arguments_digest: Mapped[str] = mapped_column(String(ID))
    outcome: Mapped[str] = mapped_column(String(ID))
    rows: Mapped[int | None]
    salesforce_calls: Mapped[int | None]
    duration_ms: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(index=True)
