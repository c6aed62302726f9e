"""The live graph of an org, parsed once and kept for a short while."""

from typing import Final

from app.bookit.cached import Cached
from app.bookit.errors import BookItError, ErrorCode
from app.bookit.routing.definition import graph_from
from app.bookit.routing.graph import Graph, GraphError
from app.clock import Clock
from app.org.reader import Reader

TTL_SECONDS: Final = 60.0


class LiveGraphs:
    """One for the process. A graph that cannot be read is not kept: whoever puts it right sees it work at once."""

    def __init__(self, clock: Clock) -> None:
        self._kept: Cached[str, Graph] = Cached(clock, ttl=TTL_SECONDS, size=200)

    async def of(self, org_id: str, reader: Reader) -> Graph:
        """The one live graph; of several the one that was modified last (our own choice: it is the one that somebody
        has just put live). No call to Salesforce when it is warm, else one. reader: the org connection's.

        Raises BookItError not_available where there is none, or one with a mistake; OrgError.
        """

        async def fetch() -> Graph:
            rows = (await reader.fetch("routing/graph")).rows
            if not rows:
                raise BookItError(
                    ErrorCode.NOT_AVAILABLE,
                    "This org has no live routing graph.",
                    "Call again with meeting_type and a pool or user, or ask an admin to put a graph live.",
                )
            row = rows[0]
            try:
                return graph_from(row["Id"], row["Name"], row["Definition"])
            except GraphError as error:
                raise BookItError(
                    ErrorCode.NOT_AVAILABLE,
                    f"The live routing graph {row['Name']} has a mistake. {error}",
                    "Ask an admin to put it right, or call again with meeting_type and a pool or user.",
                ) from None

        return await self._kept.get(org_id, fetch)
