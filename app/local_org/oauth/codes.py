"""Authorization codes: single use, fifteen minutes, and they end in `=`."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from app.clock import Clock
from app.local_org.oauth.storage import Storage, digest

LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class CodeGrant:
    """What a code stands for. challenge: the S256 code challenge, None only for an app without PKCE."""

    consumer_key: str
    user_id: str
    scope: str
    redirect_uri: str
    challenge: str | None
    nonce: str | None


class Codes:
    """The outstanding codes. Thread-safe."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    def issue(self, grant: CodeGrant) -> str:
        code = f"aPrx{secrets.token_urlsafe(48)}="
        now = self._clock().timestamp()
        with self._storage.write() as db:
            db.execute("DELETE FROM code WHERE made < ?", (now - LIFETIME.total_seconds(),))
            db.execute(
                "INSERT INTO code VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    digest(code),
                    grant.consumer_key,
                    grant.user_id,
                    grant.scope,
                    grant.redirect_uri,
                    grant.challenge,
                    grant.nonce,
                    now,
                ),
            )
        return code

    def take(self, code: str) -> CodeGrant | None:
        """The grant behind a code, once: taking it ends it. None when it is unknown, taken or too old."""
        with self._storage.write() as db:
            row = db.execute("DELETE FROM code WHERE secret = ? RETURNING *", (digest(code),)).fetchone()
        if row is None or self._clock().timestamp() - row["made"] > LIFETIME.total_seconds():
            return None
        return CodeGrant(
            row["consumer_key"], row["user_id"], row["scope"], row["redirect_uri"], row["challenge"], row["nonce"]
        )
