"""One tool call as its handler sees it, and what every handler can use."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from app.bookit.availability.org_days import OrgDaysCache
from app.bookit.counts.pools import PoolSettingsCache
from app.bookit.directory import Directory, Kind
from app.bookit.errors import BookItError, ErrorCode
from app.bookit.invites.sending import Invites
from app.bookit.links.team_members import TeamMembers
from app.bookit.meeting_types.reading import TypesToBook
from app.bookit.meeting_types.records import MeetingTypes
from app.bookit.meetings.prospects import Accounts
from app.bookit.naming import Named
from app.bookit.org_status import OrgStatus, OrgStatuses
from app.bookit.routing.live import LiveGraphs
from app.clock import Clock
from app.mcp.audited import Audit, CallMetrics
from app.mcp.call_limits import CallLimits
from app.mcp.interaction import NONE, Interaction
from app.mcp.signing import Signing
from app.org.caller import Caller
from app.org.reader import Reader
from app.org.writes import Writer
from app.scheduling.zones import zone_named


class Readers(Protocol):
    """What the gateway (app/org/gateway.py) is to a tool."""

    def as_caller(self, caller: Caller) -> Reader: ...

    def as_org_connection(self, org_id: str) -> Reader: ...

    def writer(self, org_id: str) -> Writer: ...


@dataclass(frozen=True, slots=True)
class Services:
    """Made once by the composition root; the same for every call."""

    clock: Clock
    gateway: Readers
    org_statuses: OrgStatuses
    directory: Directory
    accounts: Accounts
    meeting_types: MeetingTypes
    types_to_book: TypesToBook
    org_days: OrgDaysCache
    pool_settings: PoolSettingsCache
    team_members: TeamMembers
    graphs: LiveGraphs
    invites: Invites
    signing: Signing
    limits: CallLimits
    audit: Audit
    metrics: CallMetrics


@dataclass(frozen=True, slots=True)
class Call:
    """One call. now: the instant it began, the only one it knows."""

    caller: Caller
    tool: str
    request_id: str
    now: datetime
    reader: Reader
    services: Services
    interaction: Interaction = NONE

    async def org(self) -> OrgStatus:
        """The caller's org. Raises OrgError."""
        return await self.services.org_statuses.of(self.caller)

    @property
    def rules_reader(self) -> Reader:
        """The org connection's reader, for what a rule needs and a caller may not see (ORG_STATEMENTS lists it). Its
        rows never reach the caller as such."""
        return self.services.gateway.as_org_connection(self.caller.org_id)

    async def require(self, capability: str) -> None:
        """Raises BookItError not_available, with the reason, where a capability is off in the caller's org."""
        why = next((off.why for off in (await self.org()).off if off.what == capability), None)
        if why is not None:
            raise BookItError(
                ErrorCode.NOT_AVAILABLE,
                f"{capability.capitalize()} is switched off in this org: {why}",
                "Tell the person; an admin can put it right. whoami lists what is off and why.",
            )

    async def find(self, kind: Kind, text: str) -> Named:
        """Whom or what a name means to this caller. Raises BookItError, see Directory.find."""
        return await self.services.directory.find(kind, text, caller=self.caller, reader=self.reader)

    async def listed(self, kind: Kind) -> tuple[Named, ...]:
        """All records of a kind that this caller may name, see Directory.listed."""
        return await self.services.directory.listed(kind, caller=self.caller, reader=self.reader)

    def zone(self, timezone: str | None) -> ZoneInfo:
        """The zone of the `timezone` argument, else the caller's. Raises TimeError for a name that is no zone."""
        return zone_named(timezone if timezone is not None else self.caller.timezone)
