"""The members of a pool as statements read them, and which of them are in its rotation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from app.bookit.meetings.records import Person
from app.org.reader import Ask, Row
from app.scheduling.ledger import Member
from app.scheduling.standings import counted_weight

OutBecause = Literal["inactive_user", "not_available_for_routing", "paused", "weight_zero"]

OUT_IN_WORDS: Final[dict[OutBecause, str]] = {
    "inactive_user": "no active user",
    "not_available_for_routing": "not available for routing",
    "paused": "paused in the pool",
    "weight_zero": "weight 0",
}


@dataclass(frozen=True, slots=True)
class PoolMember:
    """user is None where the reader may not see who it is; active is the user's own flag. weight None counts as 1.

    joined: None too where the statement does not read it.
    """

    id: str
    user: Person | None
    active: bool
    order: int | None
    weight: int | None
    available_for_routing: bool
    paused_until: datetime | None
    joined: datetime | None

    def counted(self) -> Member:
        """The member as the engine counts him."""
        return Member(self.id, self.user.user_id if self.user else "", self.weight, self.order)

    def out_because(self, now: datetime, *, weighted: bool) -> OutBecause | None:
        """Why no meeting of the pool can come to him, whatever his calendar says; None if one can."""
        if not self.active:
            return "inactive_user"
        if not self.available_for_routing:
            return "not_available_for_routing"
        if self.paused_until is not None and now < self.paused_until:
            return "paused"
        if counted_weight(self.weight, weighted=weighted) <= 0:
            return "weight_zero"
        return None


def members_ask(pool_id: str) -> Ask:
    """Every member of a pool."""
    return Ask("counts/members", {"pool": pool_id})


def members_from(rows: Iterable[Row]) -> list[PoolMember]:
    """The members of the rows of `members_ask`, in member order."""
    return [member_from(row) for row in rows]


def member_from(row: Row) -> PoolMember:
    """The member of a row of counts/members, availability/members or pools/membership's Members."""
    user = row["User_Owner"]
    return PoolMember(
        id=row["Id"],
        user=Person(user["Id"], user["Name"], user["Email"]) if user else None,
        active=bool(user and user["IsActive"]),
        order=row["Owner_Order"],
        weight=row["Weighting_Value"],
        available_for_routing=row["Is_Available_For_Routing"],
        paused_until=row["Paused_Until"],
        joined=row.get("Joined_Date"),
    )
