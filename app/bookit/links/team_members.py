"""Who is in a team, kept for a short while per caller."""

from typing import Final

from app.bookit.cached import Cached
from app.clock import Clock
from app.org.caller import Caller, Scope
from app.org.reader import Reader

TTL_SECONDS: Final = 60.0


class TeamMembers:
    """The user ids of teams. SOQL takes no semi-join under OR, so the links of a team or of its members are asked for
    by the members' ids. One for the process."""

    def __init__(self, clock: Clock) -> None:
        self._teams: Cached[tuple[str, str, Scope, str | None], tuple[str, ...]] = Cached(
            clock, ttl=TTL_SECONDS, size=500
        )

    async def of(self, team_id: str, *, caller: Caller, reader: Reader) -> tuple[str, ...]:
        """The members of a team. Costs no call to Salesforce when warm. Raises OrgError."""

        async def fetch() -> tuple[str, ...]:
            result = await reader.fetch("links/team_members", {"team": team_id})
            return tuple(row["User"]["Id"] for row in result.rows if row["User"])

        # Keyed by the user as well, as the directory is: what Salesforce shows depends on who asks.
        return await self._teams.get((team_id, caller.org_id, caller.scope, caller.user_id), fetch)
