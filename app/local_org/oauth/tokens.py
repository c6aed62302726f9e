"""Grants, access tokens and refresh tokens: issue, rotate, revoke, and find the user behind a bearer token."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

from app.clock import Clock
from app.local_org.oauth.external_client_app import ExternalClientApp
from app.local_org.oauth.refusals import BUSY, EXPIRED_TOKEN, TokenRefused
from app.local_org.oauth.storage import Storage, digest

MAX_GRANTS = 5
"""Live grants of one user to one app; one more ends the oldest (long-standing, reported)."""


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """What the token endpoint hands out. refresh_token: None when none is due. scope: space-separated."""

    access_token: str
    refresh_token: str | None
    user_id: str
    scope: str


@dataclass(frozen=True, slots=True)
class Bearer:
    """The user behind an access token, and the scopes of its grant."""

    user_id: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class LiveToken:
    """What introspection tells of a token. issued, expires: seconds since the epoch; None where a token has none."""

    token_type: str
    user_id: str
    scope: str
    issued: int | None
    expires: int | None


MakeToken = Callable[[str, str], str]
"""An access token for a user's id and a scope, where it is not to be an opaque one."""


class Tokens:
    """All tokens of the org. Thread-safe; each method is one transaction.

    session_timeout: an access token ends this long after its last use. As in Salesforce, the use is noted only when
    half of the time is over, so that a busy token costs no write.
    """

    def __init__(
        self, storage: Storage, clock: Clock, org_id: str, session_timeout: timedelta = timedelta(hours=2)
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._org_id = org_id
        self._in_flight: set[str] = set()
        self._in_flight_lock = Lock()
        self.session_timeout = session_timeout

    def grant(self, app: ExternalClientApp, user_id: str, scope: str, make: MakeToken | None = None) -> IssuedTokens:
        """A new grant after a code exchange; the sixth of a user to an app ends his oldest."""
        now = self._now()
        refresh_token = _new_refresh_token() if "refresh_token" in scope.split() else None
        with self._storage.write() as db:
            db.execute(
                "DELETE FROM app_grant WHERE number IN (SELECT number FROM app_grant WHERE consumer_key = ? "
                "AND user_id = ? ORDER BY made DESC, number DESC LIMIT -1 OFFSET ?)",
                (app.consumer_key, user_id, MAX_GRANTS - 1),
            )
            number = db.execute(
                "INSERT INTO app_grant (consumer_key, user_id, scope, made, used, refresh_secret) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (app.consumer_key, user_id, scope, now, now, refresh_token and digest(refresh_token)),
            ).lastrowid
            access_token = self._add_access_token(db, number, user_id, scope, make)
        return IssuedTokens(access_token, refresh_token, user_id, scope)

    def user_of_refresh_token(self, app: ExternalClientApp, refresh_token: str) -> str | None:
        """The user of a live refresh token."""
        row = self._storage.row(
            "SELECT user_id FROM app_grant WHERE refresh_secret = ? AND consumer_key = ?",
            digest(refresh_token),
            app.consumer_key,
        )
        return None if row is None else row["user_id"]

    def refresh(self, app: ExternalClientApp, refresh_token: str, make: MakeToken | None = None) -> IssuedTokens:
        """A new access token, and with rotation a new refresh token.

        An already rotated token ends its grant with all of its tokens; two refreshes of one token at the same time:
        one is refused and nothing ends. Raises TokenRefused.
        """
        secret = digest(refresh_token)
        with self._in_flight_lock:
            if secret in self._in_flight:
                raise TokenRefused(BUSY)
            self._in_flight.add(secret)
        try:
            issued = self._refresh(app, secret, make)
        finally:
            with self._in_flight_lock:
                self._in_flight.discard(secret)
        if issued is None:
            raise TokenRefused(EXPIRED_TOKEN)
        return issued

    def _refresh(self, app: ExternalClientApp, secret: str, make: MakeToken | None) -> IssuedTokens | None:
        now = self._now()
        with self._storage.write() as db:
            spent = db.execute("SELECT grant_number FROM spent_refresh_token WHERE secret = ?", (secret,)).fetchone()
            if spent is not None:
                db.execute("DELETE FROM app_grant WHERE number = ?", (spent["grant_number"],))
                return None
            row = db.execute(
                "SELECT number, user_id, scope, used FROM app_grant WHERE refresh_secret = ? AND consumer_key = ?",
                (secret, app.consumer_key),
            ).fetchone()
            if row is None:
                return None
            if now - row["used"] > app.refresh_token_idle.total_seconds():
                db.execute("DELETE FROM app_grant WHERE number = ?", (row["number"],))
                return None
            rotated = _new_refresh_token() if app.refresh_token_rotation else None
            if rotated is not None:
                db.execute("INSERT INTO spent_refresh_token VALUES (?, ?)", (secret, row["number"]))
                db.execute("UPDATE app_grant SET refresh_secret = ? WHERE number = ?", (digest(rotated), row["number"]))
            db.execute("UPDATE app_grant SET used = ? WHERE number = ?", (now, row["number"]))
            access_token = self._add_access_token(db, row["number"], row["user_id"], row["scope"], make)
            return IssuedTokens(access_token, rotated, row["user_id"], row["scope"])

    def revoke(self, token: str) -> bool:
        """Ends an access token, or with a refresh token the whole grant. False when it is no live token."""
        secret = digest(token)
        with self._storage.write() as db:
            ended = db.execute("DELETE FROM access_token WHERE secret = ?", (secret,)).rowcount
            ended += db.execute("DELETE FROM app_grant WHERE refresh_secret = ?", (secret,)).rowcount
            return ended > 0

    def bearer(self, access_token: str) -> Bearer | None:
        """Who calls with this access token; None when it is unknown, ended or timed out."""
        secret = digest(access_token)
        row = self._storage.row("SELECT user_id, scope, used FROM access_token WHERE secret = ?", secret)
        if row is None:
            return None
        now, timeout = self._now(), self.session_timeout.total_seconds()
        idle = now - row["used"]
        if idle >= timeout:
            return None
        if idle >= timeout / 2:
            with self._storage.write() as db:
                db.execute("UPDATE access_token SET used = ? WHERE secret = ?", (now, secret))
        return Bearer(row["user_id"], frozenset(row["scope"].split()))

    def live(self, app: ExternalClientApp, token: str) -> LiveToken | None:
        """What is known of an access or a refresh token of this app; None when it is ended or another app's.

        An access token's end moves with its use. A refresh token has no fixed one. Looking is no use of it.
        """
        secret = digest(token)
        row = self._storage.row(
            "SELECT t.user_id, t.scope, t.used FROM access_token t JOIN app_grant g ON g.number = t.grant_number "
            "WHERE t.secret = ? AND g.consumer_key = ?",
            secret,
            app.consumer_key,
        )
        if row is not None:
            expires = row["used"] + self.session_timeout.total_seconds()
            if expires <= self._now():
                return None
            return LiveToken("access_token", row["user_id"], row["scope"], int(row["used"]), int(expires))
        row = self._storage.row(
            "SELECT user_id, scope, made, used FROM app_grant WHERE refresh_secret = ? AND consumer_key = ?",
            secret,
            app.consumer_key,
        )
        if row is None or self._now() - row["used"] > app.refresh_token_idle.total_seconds():
            return None
        return LiveToken("refresh_token", row["user_id"], row["scope"], int(row["made"]), None)

    def has_approved(self, app: ExternalClientApp, user_id: str, scope: str) -> bool:
        """Whether the user's live grants to the app already cover the scopes: then nobody asks him again."""
        with self._storage.write() as db:
            rows = db.execute(
                "SELECT scope FROM app_grant WHERE consumer_key = ? AND user_id = ?", (app.consumer_key, user_id)
            ).fetchall()
        return any(set(scope.split()) <= set(row["scope"].split()) for row in rows)

    def end_sessions(self, user_id: str | None = None) -> None:
        """Ends access tokens, of one user or of all, and leaves the grants: what an admin's *expire session* does."""
        with self._storage.write() as db:
            db.execute("DELETE FROM access_token WHERE ? IS NULL OR user_id = ?", (user_id, user_id))

    def end_grants(self, user_id: str | None = None) -> None:
        """Ends grants with all their tokens, of one user or of all."""
        with self._storage.write() as db:
            db.execute("DELETE FROM app_grant WHERE ? IS NULL OR user_id = ?", (user_id, user_id))

    def end_session(self, access_token: str) -> None:
        """Ends one access token."""
        with self._storage.write() as db:
            db.execute("DELETE FROM access_token WHERE secret = ?", (digest(access_token),))

    def end_grant_of(self, token: str) -> None:
        """Ends the grant that an access token or a refresh token belongs to, with all its tokens."""
        secret = digest(token)
        with self._storage.write() as db:
            db.execute(
                "DELETE FROM app_grant WHERE refresh_secret = ? "
                "OR number IN (SELECT grant_number FROM access_token WHERE secret = ?)",
                (secret, secret),
            )

    def _add_access_token(
        self, db: sqlite3.Connection, number: int | None, user_id: str, scope: str, make: MakeToken | None
    ) -> str:
        opaque = f"{self._org_id[:15]}!AQ{secrets.token_urlsafe(70)}"
        access_token = opaque if make is None else make(user_id, scope)
        db.execute("DELETE FROM access_token WHERE used <= ?", (self._now() - self.session_timeout.total_seconds(),))
        db.execute(
            "INSERT INTO access_token VALUES (?, ?, ?, ?, ?)",
            (digest(access_token), number, user_id, scope, self._now()),
        )
        return access_token

    def _now(self) -> float:
        return self._clock().timestamp()


def _new_refresh_token() -> str:
    return f"5Aep861{secrets.token_urlsafe(60)}"
