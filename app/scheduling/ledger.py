"""The ledger of counts, folded: sums of its entries to the standings of a pool's members.

What rolls over a reset needs no row of its own: unconsumed credits of earlier periods are the sums of those periods. So
the rows that are written at a reset are history, and count for nothing here.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.scheduling.standings import Standing, counted_weight

EntryKind = Literal["scheduled", "unscheduled", "calibration", "auto_calibration", "credit", "credit_consumed", "reset"]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a pool. weight: as set, None where it is not; order: the place in member order."""

    member_id: str
    user_id: str
    weight: int | None
    order: int | None


@dataclass(frozen=True, slots=True)
class EntrySum:
    """The entries of one member and kind, in one meeting category: the sum of their deltas, and when the newest was
    made. A delta of unscheduled is negative, one of credit_consumed positive."""

    member_id: str
    kind: EntryKind
    total: int
    latest: datetime | None


def fold(
    members: Iterable[Member], current: Iterable[EntrySum], earlier: Iterable[EntrySum], *, weighted: bool
) -> list[Standing]:
    """The standing of each member, in the order given, in one meeting category.

    current: sums of this count period; earlier: of all before it. Scheduled meetings and calibration are those of this
    period alone. Credits are those of this period and what is left of the earlier ones. Last assigned is of all time:
    a reset does not make anybody forget whose turn it was. Sums of who is no member are left out.
    """
    now, before = _Sums(current), _Sums(earlier)
    return [_standing(member, now, before, weighted=weighted) for member in members]


class _Sums:
    def __init__(self, sums: Iterable[EntrySum]) -> None:
        self._totals: defaultdict[tuple[str, EntryKind], int] = defaultdict(int)
        self._latest: dict[str, datetime] = {}
        for each in sums:
            self._totals[each.member_id, each.kind] += each.total
            if each.kind == "scheduled" and each.latest is not None:
                before = self._latest.get(each.member_id)
                self._latest[each.member_id] = each.latest if before is None else max(before, each.latest)

    def of(self, member_id: str, *kinds: EntryKind) -> int:
        return sum(self._totals.get((member_id, kind), 0) for kind in kinds)

    def last_assigned(self, member_id: str) -> datetime | None:
        return self._latest.get(member_id)


def _standing(member: Member, now: _Sums, before: _Sums, *, weighted: bool) -> Standing:
    who = member.member_id
    carried = before.of(who, "credit") - before.of(who, "credit_consumed")
    assigned = [when for sums in (now, before) if (when := sums.last_assigned(who)) is not None]
    return Standing(
        member_id=who,
        user_id=member.user_id,
        weight=counted_weight(member.weight, weighted=weighted),
        scheduled=now.of(who, "scheduled", "unscheduled"),
        calibration=now.of(who, "calibration", "auto_calibration"),
        credits=carried + now.of(who, "credit"),
        unconsumed_credits=carried + now.of(who, "credit") - now.of(who, "credit_consumed"),
        order=member.order,
        last_assigned=max(assigned, default=None),
    )
