"""Searching for a prospect, also by account: not everybody may read accounts, and Salesforce then refuses the query."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, TypeVar

from cachetools import TTLCache

from app.bookit.meetings.filters import MeetingFilter
from app.clock import Clock
from app.org.caller import Caller
from app.org.errors import OrgError

T = TypeVar("T")

_UNREADABLE: Final = frozenset({"INVALID_FIELD", "INVALID_TYPE"})
_TTL_SECONDS: Final = 300.0


class Accounts:
    """Remembers for some minutes who may not read the names of accounts. One for the process."""

    def __init__(self, clock: Clock) -> None:
        self._hidden: TTLCache[tuple[str, str | None], bool] = TTLCache(
            10_000, _TTL_SECONDS, timer=lambda: clock().timestamp()
        )

    async def with_or_without(
        self, caller: Caller, wanted: MeetingFilter, run: Callable[[MeetingFilter], Awaitable[T]]
    ) -> T:
        """What `run` answers; without the condition on accounts where this caller may not read them.

        Costs a second call to Salesforce when that is found out. Raises OrgError.
        """
        key = (caller.org_id, caller.user_id)
        if wanted.prospect is None:
            return await run(wanted)
        without = replace(wanted, search_accounts=False)
        if key in self._hidden:
            return await run(without)
        try:
            return await run(wanted)
        except OrgError as error:
            if error.salesforce_code not in _UNREADABLE:
                raise
        answer = await run(without)  # what else is missing in this org raises again, and says nothing about accounts
        self._hidden[key] = True
        return answer
