"""Where the members of a pool stand, from sums of its ledger. Whoever may run counts/sums may use it: an admin's
look-up of counts, and the rules that choose a host as the org connection."""

from collections.abc import Iterable
from typing import Final

from app.bookit.meetings.records import Reference
from app.bookit.picklists import entry_kind, entry_kind_value
from app.org.reader import Ask, Row
from app.scheduling.count_periods import CountPeriod
from app.scheduling.ledger import EntryKind, EntrySum, Member, fold
from app.scheduling.standings import Standing

_COUNTED: Final[tuple[EntryKind, ...]] = (
    "scheduled", "unscheduled", "calibration", "auto_calibration", "credit", "credit_consumed",
)  # fmt: skip
_CARRIED: Final[tuple[EntryKind, ...]] = ("scheduled", "credit", "credit_consumed")
"""What earlier periods are read for: the credits that are left of them, and when a meeting was assigned last."""


def sums_asks(pool_id: str, category_id: str | None, period: CountPeriod) -> tuple[Ask, Ask]:
    """The sums of this count period, and those of all before it; of one meeting category, or None for each of them.

    An entry belongs to this period if its own began on its first day or later: when a reset date is moved back, what
    was counted since then counts on. One without a period counts for nothing.
    """
    about = {"pool": pool_id} if category_id is None else {"pool": pool_id, "category": category_id}
    return (
        Ask("counts/sums", {**about, "kinds": _values(_COUNTED), "period_from": period.first}),
        Ask("counts/sums", {**about, "kinds": _values(_CARRIED), "period_before": period.first}),
    )


def standings_from(
    members: Iterable[Member],
    current: Iterable[Row],
    earlier: Iterable[Row],
    category_id: str | None,
    *,
    weighted: bool,
) -> list[Standing]:
    """The standings in one meeting category (None: in what has none), in the order of the members, from the rows of
    the two asks of `sums_asks`, which may hold other categories too."""
    return fold(members, _sums(current, category_id), _sums(earlier, category_id), weighted=weighted)


def categories_in(*sums: Iterable[Row]) -> list[Reference | None]:
    """The meeting categories that rows of `sums_asks` are about, by name; None, the last, is for those without one."""
    found = {_category_id(row): row["Meeting_Category"] for rows in sums for row in rows}
    named = [Reference(row["Id"], row["Name"]) for row in found.values() if row is not None]
    named.sort(key=lambda each: (each.name, each.id))
    return [*named, None] if None in found else [*named]


def _values(kinds: Iterable[EntryKind]) -> list[str]:
    return [entry_kind_value(kind) for kind in kinds]


def _sums(rows: Iterable[Row], category_id: str | None) -> list[EntrySum]:
    return [
        EntrySum(row["Member"]["Id"], entry_kind(row["Kind"]), row["total"] or 0, row["latest"])
        for row in rows
        if row["Member"] is not None and _category_id(row) == category_id
    ]


def _category_id(row: Row) -> str | None:
    return row["Meeting_Category"]["Id"] if row["Meeting_Category"] is not None else None
