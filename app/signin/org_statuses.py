"""What tools must know of an org: its entry in our store, and its own name and zone as the caller reads them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from app.bookit.cached import Cached
from app.bookit.org_status import Off, OrgStatus
from app.clock import Clock
from app.org.caller import Caller, Scope
from app.org.errors import OrgError, OrgErrorCode
from app.org.gateway import Gateway
from app.signin.org_checks import off_in_scope, users_of
from app.store.orgs import Orgs

ENTRY_SECONDS = 30
ORGANIZATION_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class _Organization:
    name: str
    timezone: str


class StoredOrgStatuses:
    """app.bookit.org_status.OrgStatuses over the store and the gateway. One for the process."""

    def __init__(
        self,
        orgs: Orgs,
        gateway: Gateway,
        clock: Clock,
        tools: Mapping[str, Collection[str]],
        unexposed: Mapping[Scope, Collection[str]],
    ) -> None:
        """tools: for each tool and argument the names of the statements that it runs. unexposed: the tools that a scope
        does not have: they are no news to it."""
        self._unexposed = unexposed
        self._orgs = orgs
        self._gateway = gateway
        self._tools = tools
        self._organizations: Cached[str, _Organization] = Cached(clock, ttl=ORGANIZATION_SECONDS, size=10_000)
        self._entries: Cached[tuple[str, Scope], OrgStatus] = Cached(clock, ttl=ENTRY_SECONDS, size=10_000)

    async def of(self, caller: Caller) -> OrgStatus:
        """The caller's org: off is what its last check found and what this very caller was refused since.

        Costs a call to Salesforce once an hour and org. Raises OrgError.
        """

        async def read() -> OrgStatus:
            organization = await self._organizations.get(caller.org_id, lambda: self._read_organization(caller))
            org = await self._orgs.find(caller.org_id)
            if org is None:
                raise OrgError(OrgErrorCode.RECONNECT_REQUIRED, "BookIt MCP is not enabled for this org any more.")
            return OrgStatus(
                name=organization.name,
                bookit_version=org.bookit_version,
                timezone=organization.timezone,
                off=tuple(Off(what, why) for what, why in sorted(off_in_scope(org, caller.scope).items())),
            )

        status = await self._entries.get((caller.org_id, caller.scope), read)
        named = {each.what for each in status.off}
        refused = {
            what: why
            for statement, why in self._gateway.schema_refusals.of(caller.org_id, caller.user_id).items()
            for what in users_of(statement, self._tools)
            if what not in named
        }
        off = (*status.off, *(Off(what, why) for what, why in sorted(refused.items())))
        hidden = self._unexposed[caller.scope]
        return replace(status, off=tuple(each for each in off if each.what.partition(" ")[0] not in hidden))

    async def _read_organization(self, caller: Caller) -> _Organization:
        rows = (await self._gateway.as_caller(caller).fetch("signin/organization")).rows
        return _Organization(rows[0]["Name"], rows[0]["TimeZoneSidKey"])
