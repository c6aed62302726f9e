"""Browser logins: the cookie `sid`, and the form token that keeps other sites from posting our forms."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from app.clock import Clock
from app.local_org.oauth.storage import Storage, digest

COOKIE = "sid"
LIFETIME = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Login:
    """A browser that is signed in. form_token: stands in each of its forms."""

    user_id: str
    form_token: str


class Logins:
    """The browsers that are signed in. Thread-safe."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    def start(self, user_id: str) -> str:
        """Signs a browser in: the cookie's value."""
        secret = secrets.token_urlsafe(32)
        now = self._clock().timestamp()
        with self._storage.write() as db:
            db.execute("DELETE FROM login WHERE used < ?", (now - LIFETIME.total_seconds(),))
            db.execute(
                "INSERT INTO login VALUES (?, ?, ?, ?)",
                (digest(secret), user_id, secrets.token_urlsafe(24), now),
            )
        return secret

    def find(self, cookie: str | None) -> Login | None:
        """The login of a cookie, None when there is none or it is over."""
        if not cookie:
            return None
        row = self._storage.row("SELECT user_id, form_token, used FROM login WHERE secret = ?", digest(cookie))
        if row is None or self._clock().timestamp() - row["used"] > LIFETIME.total_seconds():
            return None
        return Login(row["user_id"], row["form_token"])
