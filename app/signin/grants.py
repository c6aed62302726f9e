"""The Salesforce tokens of people and org connections: read from the store, refreshed by one process at a time.

Using a rotated refresh token twice ends the grant (Salesforce Help 005316711). So a refresh happens under a lease that
all processes share, with the token as it is stored then, and the new one is stored before anyone uses it. A refresh
whose answer was lost keeps its lease until that ends by itself: the token may have been rotated, and nobody tries it
again until Salesforce has surely settled the first request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, repeat
from time import perf_counter

import anyio
import structlog
from cachetools import TTLCache

from app import metrics
from app.clock import Clock
from app.org.call_count import count_call
from app.org.errors import ConnectionLost, OrgError, OrgErrorCode
from app.org.tokens import SalesforceToken, TokenSource
from app.signin.salesforce import SalesforceLogin, SalesforceRefused, SalesforceTokens, SalesforceUnreachable
from app.signin.single_flight import SingleFlight
from app.store.encryption import SealError
from app.store.grants import Grant, GrantChanged, GrantKey, Purpose
from app.store.grants import Grants as GrantTable
from app.store.leases import Leases
from app.store.orgs import Orgs
from app.store.secrets import new_id
from app.store.tokens import Tokens

LEASE = timedelta(seconds=60)
"""Longer than a refresh may take, its time-outs included."""
PATIENCE = timedelta(seconds=30)
CACHE_SECONDS = 30
REFRESHES = 2
"""The first may be one that was under way already, and bring the very token that has been refused since."""
AT_ONCE = 4
"""Grants of one org that are given back at the same time."""
GIVE_BACK_SECONDS = 15.0
"""For all grants of an org together; one that is on its way then is waited for."""
_POLL_SECONDS = (0.05, 0.1, 0.2, 0.4)

_GRANT_IS_DEAD = frozenset(
    {"invalid_grant", "invalid_app_access", "inactive_user", "inactive_org", "access_denied", "unsupported_token_type"}
)
_STILL_BEING_PROCESSED = "already being processed"

log = structlog.get_logger(__name__)


class StoredGrants:
    """Implements app.org.tokens.Grants. One for the process."""

    def __init__(
        self, table: GrantTable, leases: Leases, orgs: Orgs, mcp_tokens: Tokens, login: SalesforceLogin, clock: Clock
    ) -> None:
        self._table = table
        self._leases = leases
        self._orgs = orgs
        self._mcp_tokens = mcp_tokens
        self._login = login
        self._clock = clock
        self._known: TTLCache[GrantKey, Grant] = TTLCache(10_000, CACHE_SECONDS, lambda: clock().timestamp())
        self._refreshing: SingleFlight[GrantKey, Grant] = SingleFlight()
        self._answer_lost: set[GrantKey] = set()

    def of_user(self, org_id: str, user_id: str) -> TokenSource:
        """The grant of a signed-in person."""

        async def key() -> GrantKey:
            return GrantKey(org_id, user_id, Purpose.PERSON)

        return _Source(self, key)

    def of_org_connection(self, org_id: str) -> TokenSource:
        """The org's own grant."""

        async def key() -> GrantKey:
            org = await self._orgs.find(org_id)
            if org is None or org.connection_user_id is None:
                raise _reconnect(Purpose.ORG_CONNECTION)
            return GrantKey(org_id, org.connection_user_id, Purpose.ORG_CONNECTION)

        return _Source(self, key)

    async def keep(self, tokens: SalesforceTokens, purpose: Purpose) -> None:
        """Stores what a login brought, in place of the user's older grant, which is revoked at Salesforce.

        Raises ValueError when the login brought no refresh token.
        """
        if tokens.refresh_token is None:
            raise ValueError("a grant needs a refresh token")
        key = GrantKey(tokens.org_id, tokens.user_id, purpose)
        older = await self._opened(key)
        self._known[key] = await self._table.put(
            key,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            instance_url=tokens.instance_url,
            login_origin=tokens.login_origin,
        )
        self._answer_lost.discard(key)
        if older is not None and older.refresh_token != tokens.refresh_token:
            await self._login.revoke(older.instance_url, older.refresh_token)

    async def give_back(
        self, org_id: str, user_id: str, purpose: Purpose = Purpose.PERSON, *, version: int | None = None
    ) -> None:
        """Deletes a grant that nobody needs any more (only that version, if one is named), and revokes it upstream."""
        key = GrantKey(org_id, user_id, purpose)
        self._known.pop(key, None)
        try:
            grant = await self._table.delete(key, version=version)
        except SealError as error:
            _note_sealed(key, error)
            return
        if grant is not None and not await self._login.revoke(grant.instance_url, grant.refresh_token):
            log.warning("salesforce_revocation_failed", org_id=org_id, user_id=user_id)

    async def give_back_all(self, org_id: str) -> None:
        """Gives back every grant of an org, people's and the org connection, a few at a time.

        For as long as a person may wait: what Salesforce takes longer for stays stored, and goes back later
        (app.signin.unused_grants).
        """
        turns = anyio.CapacityLimiter(AT_ONCE)

        async def give_back(key: GrantKey) -> None:
            # Shielded: a grant that is out of the table must reach Salesforce.
            async with turns:
                with anyio.CancelScope(shield=True):
                    await self.give_back(key.org_id, key.user_id, key.purpose)

        keys = await self._table.of_org(org_id)
        with anyio.move_on_after(GIVE_BACK_SECONDS):
            async with anyio.create_task_group() as group:
                for key in keys:
                    group.start_soon(give_back, key)

    async def give_back_unused(self, unchanged_since: datetime) -> int:
        """Gives back the grants that are of no use to anybody, but those that were stored or renewed since then: a
        sign-in or an enabling may be about to use them. Returns how many."""
        unused = await self._table.unused(unchanged_since)
        for key, version in unused:
            await self.give_back(key.org_id, key.user_id, key.purpose, version=version)
        return len(unused)

    async def current(self, key: GrantKey) -> Grant:
        """The grant as this process knows it (≤ 30 s old). Raises OrgError(reconnect_required) if there is none."""
        known = self._known.get(key)
        return known if known is not None else await self._read(key)

    async def renewed(self, key: GrantKey, stale: SalesforceToken) -> Grant:
        """The grant with another access token than the stale one; with the same one if Salesforce gives no other.

        Raises OrgError: reconnect_required, salesforce_unavailable.
        """
        grant = await self._read(key)
        for _ in range(REFRESHES):
            if grant.access_token != stale.access_token:
                break
            grant = await self._refreshing.run(key, partial(self._refresh, key, grant))
        return grant

    async def _read(self, key: GrantKey) -> Grant:
        grant = await self._opened(key)
        if grant is None:
            self._known.pop(key, None)
            raise _reconnect(key.purpose)
        self._known[key] = grant
        return grant

    async def _opened(self, key: GrantKey) -> Grant | None:
        """The grant, or None. One that our keys do not open is as good as none: whoever it belongs to signs in anew, or
        binds the connection anew. It stays, for the key may come back into the ring."""
        try:
            return await self._table.find(key)
        except SealError as error:
            _note_sealed(key, error)
            return None

    async def _refresh(self, key: GrantKey, stale: Grant) -> Grant:
        """Waits for the lease, reads again under it, and refreshes unless somebody else has."""
        name, owner = f"refresh|{key.row_id('')}", new_id()
        give_up_at = self._clock() + PATIENCE
        waits = chain(_POLL_SECONDS, repeat(_POLL_SECONDS[-1]))
        while not await self._leases.acquire(name, owner, LEASE):
            if self._clock() >= give_up_at or key in self._answer_lost:
                raise _unavailable()
            await anyio.sleep(next(waits))
            grant = await self._read(key)
            if grant.access_token != stale.access_token:
                return grant
        self._answer_lost.discard(key)
        try:
            grant = await self._read(key)
            if grant.access_token == stale.access_token:
                grant = await self._refresh_under_lease(grant)
        except _AnswerLost:
            self._answer_lost.add(key)
            raise _unavailable() from None
        except BaseException:
            await self._leases.release(name, owner)
            raise
        await self._leases.release(name, owner)
        return grant

    async def _refresh_under_lease(self, grant: Grant) -> Grant:
        count_call()
        started = perf_counter()
        try:
            fresh = await self._login.refresh(grant.instance_url, grant.refresh_token)
        except SalesforceRefused as refusal:
            _note_refresh(started, refusal.code)
            return await self._after_refusal(grant, refusal)
        except SalesforceUnreachable as failure:
            _note_refresh(started, "unanswered")
            log.warning("salesforce_refresh_unanswered", **_names(grant), may_have_acted=failure.may_have_acted)
            raise (_AnswerLost() if failure.may_have_acted else _unavailable()) from None
        _note_refresh(started)
        try:
            saved = await self._table.save(
                grant,
                access_token=fresh.access_token,
                refresh_token=fresh.refresh_token,
                instance_url=fresh.instance_url,
            )
        except GrantChanged:
            # A new sign-in replaced the grant meanwhile, so what we were given belongs to nobody.
            await self._login.revoke(fresh.instance_url, fresh.refresh_token)
            return await self._read(grant.key)
        self._known[grant.key] = saved
        return saved

    async def _after_refusal(self, grant: Grant, refusal: SalesforceRefused) -> Grant:
        log.warning("salesforce_refresh_refused", **_names(grant), salesforce_code=refusal.code)
        if _STILL_BEING_PROCESSED in refusal.description.lower():
            raise _AnswerLost
        if refusal.code not in _GRANT_IS_DEAD:
            # Our client's own credentials, or Salesforce's limits: nothing that a new sign-in would mend.
            raise _unavailable(refusal.code)
        if await self._table.delete(grant.key, version=grant.version) is None:
            return await self._read(grant.key)
        self._known.pop(grant.key, None)
        if grant.key.purpose is Purpose.PERSON:
            await self._mcp_tokens.revoke_user(grant.key.org_id, grant.key.user_id, because="grant_lost")
        raise _reconnect(grant.key.purpose, refusal.code)


class _AnswerLost(Exception):
    """Salesforce may have rotated the token, and we do not know the new one."""


class _Source:
    """Implements app.org.tokens.TokenSource for one grant."""

    def __init__(self, grants: StoredGrants, key: Callable[[], Awaitable[GrantKey]]) -> None:
        self._grants = grants
        self._key = key

    async def current(self) -> SalesforceToken:
        return _token(await self._grants.current(await self._key()))

    async def renewed(self, stale: SalesforceToken) -> SalesforceToken:
        return _token(await self._grants.renewed(await self._key(), stale))


def _note_refresh(started: float, error: str | None = None) -> None:
    metrics.note_salesforce_call("token", seconds=perf_counter() - started, error=error)


def _token(grant: Grant) -> SalesforceToken:
    return SalesforceToken(
        access_token=grant.access_token,
        instance_url=grant.instance_url,
        org_id=grant.key.org_id,
        user_id=grant.key.user_id,
    )


def _note_sealed(key: GrantKey, error: SealError) -> None:
    log.error("grant_does_not_open", org_id=key.org_id, user_id=key.user_id, purpose=key.purpose.value, why=str(error))


def _names(grant: Grant) -> dict[str, str]:
    return {"org_id": grant.key.org_id, "user_id": grant.key.user_id, "purpose": grant.key.purpose.value}


def _reconnect(purpose: Purpose, salesforce_code: str | None = None) -> OrgError:
    if purpose is Purpose.ORG_CONNECTION:
        return ConnectionLost(salesforce_code=salesforce_code)
    message = "The sign-in with Salesforce has ended. Connect to BookIt MCP again in your client."
    return OrgError(OrgErrorCode.RECONNECT_REQUIRED, message, salesforce_code=salesforce_code)


def _unavailable(salesforce_code: str | None = None) -> OrgError:
    return OrgError(
        OrgErrorCode.SALESFORCE_UNAVAILABLE,
        "Salesforce did not renew the sign-in. Try again in a minute.",
        salesforce_code=salesforce_code,
    )
