"""Every table of ours. A row that concerns an org carries its org_id; a secret is stored hashed or sealed, never plain.

Nothing of BookIt is stored here: the Salesforce org is the source of truth.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, MetaData, String, Text, false, text
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
    """An MCP client, by registration (RFC 7591) or by its metadata document, whose client_id is a URL.

    fresh_until: when a metadata document must be read again; None for a client that registered itself.
    """

    __tablename__ = "mcp_clients"

    client_id: Mapped[str] = mapped_column(String(URL), primary_key=True)
    details: Mapped[dict[str, Any]]
    secret_hash: Mapped[str | None] = mapped_column(String(ID))
    fresh_until: Mapped[datetime | None]
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
    wrong_codes: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SignInRow(Base):
    """Somebody signed in through one client: the family that all its tokens belong to.

    method: salesforce_login or one_time_code. With a code the user_id is empty, here and in what belongs to the
    sign-in: its caller is no Salesforce user. username then is the address that the code went to.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (Index(None, "org_id", "user_id"),)

    family_id: Mapped[str] = mapped_column(String(ID), primary_key=True)
    org_id: Mapped[str] = mapped_column(String(ID))
    user_id: Mapped[str] = mapped_column(String(ID))
    username: Mapped[str] = mapped_column(String(320))
    client_id: Mapped[str] = mapped_column(String(URL), index=True)
    scope: Mapped[str] = mapped_column(String(16))
    method: Mapped[str] = mapped_column(String(16), server_default=text("'salesforce_login'"))
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


class OneTimeCodeRow(Base):
    """A one-time code that was e-mailed. org_id binds it; requested_by: the admin who asked for it."""

    __tablename__ = "one_time_codes"

    code_hash: Mapped[str] = mapped_column(String(ID), primary_key=True)
    org_id: Mapped[str] = mapped_column(String(ID), index=True)
    email: Mapped[str] = mapped_column(String(320))
    requested_by: Mapped[str] = mapped_column(String(ID))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class PageLoginRow(Base):
    """An admin on his way from the integration page to Salesforce and back.

    purpose: sign_in, or connection (to bind the org connection; session_hash then says for whom).
    """

    __tablename__ = "page_logins"

    state_hash: Mapped[str] = mapped_column(String(ID), primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(ID))
    purpose: Mapped[str] = mapped_column(String(16))
    session_hash: Mapped[str | None] = mapped_column(String(ID))
    login_origin: Mapped[str] = mapped_column(String(URL))
    sealed_verifier: Mapped[bytes]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class PageSessionRow(Base):
    """An admin signed in to the integration page. checked_at: when his rights were derived last."""

    __tablename__ = "page_sessions"

    session_hash: Mapped[str] = mapped_column(String(ID), primary_key=True)
    org_id: Mapped[str] = mapped_column(String(ID), index=True)
    org_name: Mapped[str] = mapped_column(String(255))
    user_id: Mapped[str] = mapped_column(String(ID))
    username: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(320))
    email: Mapped[str] = mapped_column(String(320))
    timezone: Mapped[str] = mapped_column(String(ID))
    login_origin: Mapped[str] = mapped_column(String(URL))
    created_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class CounterRow(Base):
    """How often something limited has happened within a span of time that ends at `until`, over all replicas."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    count: Mapped[int]
    until: Mapped[datetime] = mapped_column(index=True)


class LeaseRow(Base):
    """Who may do a thing that only one process may do at a time, and until when."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    owner: Mapped[str] = mapped_column(String(ID))
    expires_at: Mapped[datetime]


class OrgRow(Base):
    """A Salesforce org that an admin turned on, and how its last check went.

    connection_lost_at: when the org connection was found dead; None while it works. admin_email: who is told of it.
    usage_shown: whether the integration page shows what of the audit an admin may see.
    """

    __tablename__ = "orgs"

    org_id: Mapped[str] = mapped_column(String(ID), primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    instance_url: Mapped[str] = mapped_column(String(URL))
    enabled_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    connection_user_id: Mapped[str | None] = mapped_column(String(ID))
    connection_username: Mapped[str | None] = mapped_column(String(320))
    connection_lost_at: Mapped[datetime | None]
    admin_email: Mapped[str | None] = mapped_column(String(320))
    usage_shown: Mapped[bool] = mapped_column(server_default=false())
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
