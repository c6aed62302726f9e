"""Authorize requests on their way: from the MCP client's redirect to us, until Salesforce sends the browser back.

The request's parameters live here, not in a cookie or a URL. A browser is bound to it by a random value in a cookie,
of which only the hash is kept; nobody gives consent to, or finishes, a request that another browser started.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr
from sqlalchemy import ColumnElement, delete, false, or_, select, update

from app.clock import Clock
from app.store.database import Database
from app.store.encryption import Keyring
from app.store.secrets import hash_token, is_token, new_token
from app.store.tables import AuthorizationRow

LIFETIME = timedelta(minutes=10)
MOST_CODES = 5
"""One-time codes that may be tried in one sign-in."""
TABLE = AuthorizationRow.__tablename__


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """What the client asked for at /authorize. redirect_uri_explicit: whether it named the redirect URI itself."""

    client_id: str
    redirect_uri: str
    redirect_uri_explicit: bool
    state: str | None
    code_challenge: str
    resource: str | None
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Upstream:
    """Our own request to Salesforce: the state, the login origin it went to, and the PKCE verifier."""

    state: SecretStr
    login_origin: str
    code_verifier: SecretStr


@dataclass(frozen=True, slots=True)
class PendingAuthorization:
    """A request that waits for consent. bound: a browser owns it already."""

    authorization_id: str
    request: AuthorizationRequest
    bound: bool
    consented_at: datetime | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ReturnedAuthorization:
    """A request whose browser came back from Salesforce: with consent, and now gone from the table."""

    authorization_id: str
    request: AuthorizationRequest
    consented_at: datetime
    login_origin: str
    code_verifier: SecretStr


class Authorizations:
    """The table of pending requests. Each lives for 10 minutes and ends once."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._database = database
        self._keyring = keyring
        self._clock = clock

    async def add(self, request: AuthorizationRequest) -> PendingAuthorization:
        """Stores a request. Its id is 256 random bits: it may stand in the URL of the consent page."""
        now = self._clock()
        row = AuthorizationRow(
            authorization_id=new_token().get_secret_value(),
            client_id=request.client_id,
            redirect_uri=request.redirect_uri,
            redirect_uri_explicit=request.redirect_uri_explicit,
            client_state=request.state,
            code_challenge=request.code_challenge,
            resource=request.resource,
            scopes=list(request.scopes),
            created_at=now,
            expires_at=now + LIFETIME,
        )
        async with self._database.session() as session:
            session.add(row)
        return _pending(row)

    async def find(self, authorization_id: str) -> PendingAuthorization | None:
        """The request of that id, or None when it is unknown, over or past its time."""
        statement = select(AuthorizationRow).where(_is(authorization_id), AuthorizationRow.expires_at > self._clock())
        async with self._database.reading() as session:
            row = (await session.execute(statement)).scalar()
        return _pending(row) if row is not None else None

    async def bind(self, authorization_id: str, browser: str | SecretStr) -> bool:
        """Gives the request to that browser. False when it is another browser's, or over: show no consent page then."""
        browser_hash = hash_token(browser)
        statement = (
            update(AuthorizationRow)
            .where(
                _is(authorization_id),
                AuthorizationRow.expires_at > self._clock(),
                or_(AuthorizationRow.browser_hash.is_(None), AuthorizationRow.browser_hash == browser_hash),
            )
            .values(browser_hash=browser_hash)
            .returning(AuthorizationRow.authorization_id)
        )
        async with self._database.session() as session:
            return (await session.execute(statement)).scalar() is not None

    async def consent(self, authorization_id: str, browser: str | SecretStr, upstream: Upstream) -> bool:
        """Notes the consent and our request to Salesforce. False: not this browser's, or over. Send nobody away then.

        A second consent replaces the first's state: a person who went back and pressed the button again can finish.
        """
        now = self._clock()
        statement = (
            update(AuthorizationRow)
            .where(
                _is(authorization_id),
                AuthorizationRow.browser_hash == hash_token(browser),
                AuthorizationRow.expires_at > now,
            )
            .values(
                consented_at=now,
                upstream_state_hash=hash_token(upstream.state),
                upstream_login_origin=upstream.login_origin,
                sealed_verifier=self._keyring.seal(upstream.code_verifier, table=TABLE, row_id=authorization_id),
            )
            .returning(AuthorizationRow.authorization_id)
        )
        async with self._database.session() as session:
            return (await session.execute(statement)).scalar() is not None

    async def count_code(self, authorization_id: str, browser: str | SecretStr) -> int | None:
        """Counts a one-time code that is about to be tried, and says the how-manieth it is. None: not this browser's,
        over, or one too many; look at no code then. Counted before, so that many at once are no more than the most."""
        statement = (
            update(AuthorizationRow)
            .where(
                _is(authorization_id),
                AuthorizationRow.browser_hash == hash_token(browser),
                AuthorizationRow.expires_at > self._clock(),
                AuthorizationRow.wrong_codes < MOST_CODES,
            )
            .values(wrong_codes=AuthorizationRow.wrong_codes + 1)
            .returning(AuthorizationRow.wrong_codes)
        )
        async with self._database.session() as session:
            return (await session.execute(statement)).scalar()

    async def take(self, state: str | SecretStr, browser: str | SecretStr) -> ReturnedAuthorization | None:
        """Ends the request that Salesforce answered, once: of many at the same time one gets it, the others None.

        None as well when the state is unknown or past its time, or the browser is not the one that gave consent; the
        request then stays for its own browser.
        """
        statement = (
            delete(AuthorizationRow)
            .where(
                AuthorizationRow.upstream_state_hash == hash_token(state),
                AuthorizationRow.browser_hash == hash_token(browser),
                AuthorizationRow.expires_at > self._clock(),
            )
            .returning(AuthorizationRow)
        )
        async with self._database.session() as session:
            row = (await session.execute(statement)).scalar()
        if row is None:
            return None
        if row.consented_at is None or row.upstream_login_origin is None or row.sealed_verifier is None:
            raise RuntimeError("an authorization has a state but no consent: the table was written by something else")
        verifier = self._keyring.open(row.sealed_verifier, table=TABLE, row_id=row.authorization_id)
        return ReturnedAuthorization(
            row.authorization_id, _request(row), row.consented_at, row.upstream_login_origin, verifier
        )

    async def drop(self, authorization_id: str, browser: str | SecretStr) -> AuthorizationRequest | None:
        """Ends a request that does not go by Salesforce (no was said, or a one-time code was used), once. None: not
        this browser's, or over."""
        statement = (
            delete(AuthorizationRow)
            .where(
                _is(authorization_id),
                AuthorizationRow.browser_hash == hash_token(browser),
                AuthorizationRow.expires_at > self._clock(),
            )
            .returning(AuthorizationRow)
        )
        async with self._database.session() as session:
            row = (await session.execute(statement)).scalar()
        return _request(row) if row is not None else None


def _is(authorization_id: str) -> ColumnElement[bool]:
    """The row of that id, which comes from outside: what has another shape than ours is no row's."""
    return AuthorizationRow.authorization_id == authorization_id if is_token(authorization_id) else false()


def _request(row: AuthorizationRow) -> AuthorizationRequest:
    return AuthorizationRequest(
        client_id=row.client_id,
        redirect_uri=row.redirect_uri,
        redirect_uri_explicit=row.redirect_uri_explicit,
        state=row.client_state,
        code_challenge=row.code_challenge,
        resource=row.resource,
        scopes=tuple(row.scopes),
    )


def _pending(row: AuthorizationRow) -> PendingAuthorization:
    return PendingAuthorization(
        row.authorization_id, _request(row), row.browser_hash is not None, row.consented_at, row.expires_at
    )
