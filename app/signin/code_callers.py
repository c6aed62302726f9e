"""Callers by one-time code. Nobody of Salesforce stands behind them: they are what the org connection may do.

So it is the connection that is checked anew at least every 5 minutes, once for all of an org's: that it lives, and that
its user is still an admin who sees all data. If he is not, every sign-in by code of that org ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import structlog
from cachetools import TTLCache

from app.clock import Clock
from app.org.caller import Caller, Scope
from app.org.errors import ConnectionLost
from app.org.gateway import Gateway
from app.org.reader import Ask
from app.org.tokens import SalesforceToken
from app.signin.connection_watch import ConnectionWatch
from app.signin.endings import AccessEnded, Endings
from app.signin.grants import StoredGrants
from app.signin.refusals import RefusalKind, SignInRefused
from app.signin.renewing import read_renewing
from app.signin.single_flight import SingleFlight
from app.signin.standing import FALLBACK_ZONE, StandingReader
from app.store.sign_ins import SignIns
from app.store.tokens import TokenRecord

CHECK_SECONDS = 300

_LOST_FOR_GOOD = frozenset({RefusalKind.NO_PERMISSION_SET, RefusalKind.INACTIVE_USER})

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ActingConnection:
    """What callers need of an org connection that may act for them. timezone: the org's, an IANA name."""

    timezone: str


class CodeCallers:
    """Resolves callers by one-time code. One for the process."""

    def __init__(
        self,
        gateway: Gateway,
        grants: StoredGrants,
        standings: StandingReader,
        sign_ins: SignIns,
        endings: Endings,
        watch: ConnectionWatch,
        clock: Clock,
    ) -> None:
        self._gateway = gateway
        self._grants = grants
        self._standings = standings
        self._sign_ins = sign_ins
        self._endings = endings
        self._watch = watch
        self._checked: TTLCache[str, ActingConnection] = TTLCache(10_000, CHECK_SECONDS, lambda: clock().timestamp())
        self._addresses: TTLCache[str, str] = TTLCache(50_000, CHECK_SECONDS, lambda: clock().timestamp())
        self._checking: SingleFlight[str, ActingConnection] = SingleFlight()

    async def resolve(self, record: TokenRecord) -> Caller:
        """The caller behind a token of an org that is enabled; one for whom nothing can be read where the connection is
        dead: every call of his answers reconnect_required.

        Raises AccessEnded, and OrgError when Salesforce cannot be asked just now.
        """
        try:
            connection = await self.check(record.org_id)
        except ConnectionLost:
            connection = None
        address = await self._address(record.family_id)
        return Caller(
            org_id=record.org_id,
            user_id=None,
            scope=Scope.ADMIN,
            name=address,
            email=address,
            username=address,
            timezone=connection.timezone if connection is not None else FALLBACK_ZONE,
            client_id=record.client_id,
            connection_lost=connection is None,
        )

    async def check(self, org_id: str) -> ActingConnection:
        """Checks the org connection, unless that was done in the last 5 minutes. Raises ConnectionLost, of which the
        admins are told; AccessEnded, with every sign-in by code of the org ended; and OrgError."""
        known = self._checked.get(org_id)
        return known if known is not None else await self._checking.run(org_id, partial(self._check, org_id))

    def forget(self, org_id: str) -> None:
        """The next call checks anew."""
        self._checked.pop(org_id, None)

    async def _check(self, org_id: str) -> ActingConnection:
        try:
            connection = await read_renewing(self._grants.of_org_connection(org_id), self._read)
        except ConnectionLost:
            await self._watch.lost(org_id)
            raise
        except _Unfit as unfit:
            log.warning("org_connection_unfit", org_id=org_id, because=unfit.because)
            # What could not be read may be readable again in a minute: no access now, but the sign-ins stay.
            if unfit.for_good:
                await self._endings.end_codes(org_id, because=unfit.because)
            raise AccessEnded(unfit.because) from None
        self._checked[org_id] = connection
        return connection

    async def _read(self, token: SalesforceToken) -> ActingConnection:
        """Raises _Unfit and OrgError."""
        try:
            standing = await self._standings.read(token)
        except SignInRefused as refused:
            kind = refused.refusal.kind
            raise _Unfit(f"connection_{kind.value}", for_good=kind in _LOST_FOR_GOOD) from refused
        if standing.scope is not Scope.ADMIN:
            raise _Unfit("connection_no_admin")
        permissions, organizations = await self._gateway.with_token(token).fetch_all(
            Ask("org/running_user_permissions"), Ask("signin/organization")
        )
        if not any(row["PermissionsViewAllData"] for row in permissions.rows):
            raise _Unfit("connection_sees_not_all")
        return ActingConnection(organizations.rows[0]["TimeZoneSidKey"])

    async def _address(self, family_id: str) -> str:
        """Where the code of that sign-in was sent. Raises AccessEnded when it is over."""
        address = self._addresses.get(family_id)
        if address is None:
            sign_in = await self._sign_ins.find(family_id)
            if sign_in is None or sign_in.ended_at is not None:
                raise AccessEnded("sign_in_ended")
            await self._sign_ins.note_scope(family_id, Scope.ADMIN)
            address = self._addresses[family_id] = sign_in.username
        return address


class _Unfit(Exception):
    """The org connection's user may not, or not provably, do what a caller by code would have it do."""

    def __init__(self, because: str, *, for_good: bool = True) -> None:
        super().__init__(because)
        self.because = because
        self.for_good = for_good
