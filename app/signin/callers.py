"""From a token's record to the caller: who he is and what he may do, checked anew at least every 5 minutes."""

from __future__ import annotations

from functools import partial

import structlog
from cachetools import TTLCache

from app.clock import Clock
from app.org.caller import Caller
from app.org.errors import OrgError, OrgErrorCode
from app.signin.code_callers import CodeCallers
from app.signin.endings import AccessEnded, Endings
from app.signin.grants import StoredGrants
from app.signin.refusals import RefusalKind, SignInRefused
from app.signin.renewing import read_renewing
from app.signin.single_flight import SingleFlight
from app.signin.standing import Standing, StandingReader
from app.store.orgs import Orgs
from app.store.sign_ins import SignIns
from app.store.tokens import TokenRecord

STANDING_SECONDS = 300
"""The scope is derived at least every 5 minutes."""
ORG_SECONDS = 30

_User = tuple[str, str]

log = structlog.get_logger(__name__)


class Callers:
    """Resolves callers. One for the process."""

    def __init__(
        self,
        orgs: Orgs,
        sign_ins: SignIns,
        grants: StoredGrants,
        standings: StandingReader,
        endings: Endings,
        codes: CodeCallers,
        clock: Clock,
    ) -> None:
        self._orgs = orgs
        self._sign_ins = sign_ins
        self._grants = grants
        self._standings = standings
        self._endings = endings
        self._codes = codes
        self._enabled: TTLCache[str, bool] = TTLCache(10_000, ORG_SECONDS, lambda: clock().timestamp())
        self._known: TTLCache[_User, Standing] = TTLCache(50_000, STANDING_SECONDS, lambda: clock().timestamp())
        self._deriving: SingleFlight[_User, Standing] = SingleFlight()

    async def resolve(self, record: TokenRecord) -> Caller:
        """The caller behind a token. Raises AccessEnded, and OrgError when Salesforce cannot be asked just now."""
        await self._check_org(record.org_id)
        if record.user_id is None:
            return await self._codes.resolve(record)
        standing = self._known.get((record.org_id, record.user_id))
        if standing is None:
            standing = await self._derive(record, record.user_id)
        return standing.caller(record.client_id)

    async def rederive(self, record: TokenRecord) -> None:
        """Derives the scope anew, as at each token refresh. Raises like `resolve`; what was known is forgotten then."""
        await self._check_org(record.org_id)
        if record.user_id is None:
            self._codes.forget(record.org_id)
            await self._codes.check(record.org_id)
            return
        self.forget(record.org_id, record.user_id)
        await self._derive(record, record.user_id)

    def remember(self, standing: Standing) -> None:
        """Takes over what a sign-in has just derived."""
        self._known[standing.org_id, standing.user_id] = standing
        self._enabled[standing.org_id] = True

    def forget(self, org_id: str, user_id: str) -> None:
        """The next call derives anew."""
        self._known.pop((org_id, user_id), None)

    def forget_org(self, org_id: str) -> None:
        """The org was turned off: the next call asks again."""
        self._enabled.pop(org_id, None)
        self._codes.forget(org_id)
        for key in [key for key in self._known if key[0] == org_id]:
            self._known.pop(key, None)

    async def _check_org(self, org_id: str) -> None:
        enabled = self._enabled.get(org_id)
        if enabled is None:
            org = await self._orgs.find(org_id)
            enabled = self._enabled[org_id] = org is not None and org.is_enabled
        if not enabled:
            raise AccessEnded("org_disabled")

    async def _derive(self, record: TokenRecord, user_id: str) -> Standing:
        user = (record.org_id, user_id)
        standing = await self._deriving.run(user, partial(self._read, *user))
        await self._sign_ins.note_scope(record.family_id, standing.scope)
        return standing

    async def _read(self, org_id: str, user_id: str) -> Standing:
        try:
            standing = await read_renewing(self._grants.of_user(org_id, user_id), self._standings.read)
        except OrgError as error:
            if error.code is OrgErrorCode.RECONNECT_REQUIRED:
                raise AccessEnded("grant_lost") from error
            raise
        except SignInRefused as refused:
            because = refused.refusal.kind.value
            log.info("access_ended", org_id=org_id, user_id=user_id, because=because)
            # What could not be read may be readable again in a minute: no access now, but the sign-in stays.
            if refused.refusal.kind in {RefusalKind.NO_PERMISSION_SET, RefusalKind.INACTIVE_USER}:
                await self._endings.end_user(org_id, user_id, because=because)
            raise AccessEnded(because) from refused
        self._known[org_id, user_id] = standing
        return standing
