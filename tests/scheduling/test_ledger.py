"""The fold of a ledger, against a walk through its entries one by one."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple, get_args

from hypothesis import given
from hypothesis import strategies as st

from app.scheduling.ledger import EntryKind, EntrySum, Member, fold
from tests.scheduling.pools import START

MEMBERS = [Member("a", "ua", 2, 1), Member("b", "ub", None, None), Member("c", "uc", 0, 3)]


class Entry(NamedTuple):
    member: str
    kind: EntryKind
    delta: int
    at: datetime
    period: int


entries = st.lists(
    st.builds(
        Entry,
        st.sampled_from(["a", "b", "c", "gone"]),
        st.sampled_from(get_args(EntryKind)),
        st.integers(-3, 3),
        st.integers(0, 9).map(lambda days: START + timedelta(days=days)),
        st.integers(0, 3),
    )
)
NOW = 3
"""The number of the current period."""


def sums(ledger: list[Entry]) -> list[EntrySum]:
    """As a grouped query answers them."""
    grouped: defaultdict[tuple[str, EntryKind], list[Entry]] = defaultdict(list)
    for entry in ledger:
        grouped[entry.member, entry.kind].append(entry)
    return [
        EntrySum(member, kind, sum(each.delta for each in group), max(each.at for each in group))
        for (member, kind), group in grouped.items()
    ]


@given(ledger=entries, weighted=st.booleans(), data=st.data())
def test_a_standing_is_what_its_entries_say_one_by_one(
    ledger: list[Entry], weighted: bool, data: st.DataObject
) -> None:
    current = [each for each in ledger if each.period == NOW]
    earlier = [each for each in ledger if each.period < NOW]
    found = fold(MEMBERS, data.draw(st.permutations(sums(current))), sums(earlier), weighted=weighted)
    assert [each.member_id for each in found] == ["a", "b", "c"]
    assert [each.weight for each in found] == ([2, 1, 0] if weighted else [1, 1, 1])
    for standing in found:
        scheduled = calibration = credits = unconsumed = 0
        last: datetime | None = None
        for entry in ledger:
            if entry.member != standing.member_id:
                continue
            in_period = entry.period == NOW
            match entry.kind:
                case "scheduled" | "unscheduled":
                    scheduled += entry.delta * in_period
                case "calibration" | "auto_calibration":
                    calibration += entry.delta * in_period
                case "credit":
                    credits += entry.delta
                    unconsumed += entry.delta
                case "credit_consumed":
                    credits -= entry.delta * (not in_period)
                    unconsumed -= entry.delta
                case "reset":
                    pass
            if entry.kind == "scheduled" and (last is None or entry.at > last):
                last = entry.at
        assert (standing.scheduled, standing.calibration, standing.credits) == (scheduled, calibration, credits)
        assert (standing.unconsumed_credits, standing.last_assigned) == (unconsumed, last)
        assert standing.net == calibration + scheduled - credits


def test_at_a_reset_all_goes_to_zero_but_unconsumed_credits_and_whose_turn_it_was() -> None:
    before = [
        EntrySum("a", "scheduled", 7, START),
        EntrySum("a", "calibration", 3, START),
        EntrySum("a", "credit", 2, START),
        EntrySum("a", "credit_consumed", 1, START),
    ]
    ended = fold(MEMBERS[:1], before, [], weighted=True)[0]
    assert (ended.scheduled, ended.calibration, ended.credits, ended.unconsumed_credits) == (7, 3, 2, 1)
    begun = fold(MEMBERS[:1], [], before, weighted=True)[0]
    assert (begun.scheduled, begun.calibration, begun.credits, begun.unconsumed_credits) == (0, 0, 1, 1)
    assert begun.last_assigned == START
