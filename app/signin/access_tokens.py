"""Looking up access tokens, with a cache of at most 30 seconds."""

from __future__ import annotations

from collections.abc import Callable

from cachetools import TTLCache

from app.clock import Clock
from app.store.secrets import hash_token
from app.store.tokens import TokenRecord, Tokens

CACHE_SECONDS = 30


class AccessTokens:
    """What access tokens stand for. A revocation by another process is seen within 30 seconds, by this one at once."""

    def __init__(self, tokens: Tokens, clock: Clock) -> None:
        self._tokens = tokens
        self._clock = clock
        self._known: TTLCache[str, TokenRecord] = TTLCache(50_000, CACHE_SECONDS, lambda: clock().timestamp())

    async def find(self, token: str) -> TokenRecord | None:
        """The record of a living token, or None."""
        key = hash_token(token)
        record = self._known.get(key)
        if record is None:
            record = await self._tokens.find_access(token)
            if record is not None:
                self._known[key] = record
        return record if record is not None and record.expires_at > self._clock() else None

    def forget_family(self, family_id: str) -> None:
        """Forgets what belongs to a sign-in that was ended."""
        self._forget(lambda record: record.family_id == family_id)

    def forget_user(self, org_id: str, user_id: str | None) -> None:
        """Forgets all tokens of a user whose access was ended; None: those of all one-time codes of the org."""
        self._forget(lambda record: (record.org_id, record.user_id) == (org_id, user_id))

    def forget_org(self, org_id: str) -> None:
        """Forgets all tokens of an org that was turned off."""
        self._forget(lambda record: record.org_id == org_id)

    def _forget(self, belongs: Callable[[TokenRecord], bool]) -> None:
        for key in list(self._known):
            record = self._known.get(key)
            if record is not None and belongs(record):
                self._known.pop(key, None)
