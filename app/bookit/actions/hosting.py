"""Who hosts a new meeting at one start: checked by every rule, and in a pool chosen by its turn."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.bookit.actions.pool_turns import PoolTurns
from app.bookit.availability.hosts import KnownHost
from app.bookit.availability.taken import Taken
from app.bookit.counts.snapshot import Candidate, Snapshot
from app.scheduling.availability import hosts_availability
from app.scheduling.hosts import HostAvailability
from app.scheduling.local_days import seconds_of
from app.scheduling.reasons import Reason
from app.scheduling.round_robin import pick, turn_order
from app.scheduling.rules import Rules
from app.scheduling.standings import Standing, level_text

KEPT: Final = "kept_as_previewed"
"""Why members stand behind one whom a confirmed preview had shown, and who is still free."""

TAKEN: Final = frozenset({Reason.BUSY, Reason.DAILY_LIMIT, Reason.WEEKLY_LIMIT, Reason.NO_COMMON_TIME})
"""Reasons that somebody else's booking may have brought about: another start may do."""

_OFF_GRID: Final = "no_start_in_range"


@dataclass(frozen=True, slots=True)
class Checked:
    """The hosts at one start. free: user ids of whoever can take it; reasons: of the others, by user id."""

    free: frozenset[str]
    reasons: Mapping[str, str]

    @property
    def is_off_grid(self) -> bool:
        """Whether somebody has the time, and no meeting of the type begins at it."""
        return _OFF_GRID in self.reasons.values()

    @property
    def is_taken(self) -> bool:
        """Whether time alone stands in the way of somebody."""
        return not self.is_off_grid and any(reason in TAKEN for reason in self.reasons.values())


@dataclass(frozen=True, slots=True)
class Chosen:
    """The member of a pool who was chosen. credit_consumed: he won only because of a credit."""

    standing: Standing
    credit_consumed: bool
    snapshot: Snapshot


def check_start(
    known: Sequence[KnownHost],
    time: Taken,
    rules: Rules,
    start: datetime,
    *,
    viewer_zone: ZoneInfo,
    holidays: frozenset[date],
    now: datetime,
) -> Checked:
    """Which of the hosts can begin a meeting at that very instant."""
    at = seconds_of(start)
    bookable = [host for host in known if host.barred is None]
    found = hosts_availability(
        [host.as_host(time.busy[host.user_id], time.starts[host.user_id]) for host in bookable],
        rules,
        start=at,
        end=at + 1,
        now=seconds_of(now),
        viewer_zone=viewer_zone,
        holidays=holidays,
    )
    reasons = {host.user_id: host.barred[0] for host in known if host.barred is not None}
    reasons |= {each.host_id: _reason(each) for each in found if not each.starts}
    return Checked(frozenset(each.host_id for each in found if each.starts), reasons)


def choose(turns: PoolTurns, checked: Checked, names: Mapping[str, str], keep: str | None) -> Chosen | None:
    """The free member whose turn it is, with the note of the choice; None if nobody is free.

    keep: the user whom the confirmed preview showed: he stays if he is still free, whatever was counted meanwhile.

    Bookings that run at the same time are not in turn with each other (our own choice): claims exclude those of one
    host and day alone, and each keeps the host of its preview. Of n that are previewed before the first of them is
    done, all may have one host: each member's count is then at most n - 1 away from what it would be one by one. Every
    later pick goes by what was counted, so it evens that out, and none strays further.
    """
    eligible = [each.member_id for each in turns.standings if each.user_id in checked.free]
    choice = pick(turns.standings, eligible, turns.distribution)
    if choice is None:
        return None
    kept = next((each for each in choice.candidates if keep is not None and each.user_id == keep), None)
    if kept is None or kept.member_id == choice.member.member_id:
        snapshot = _snapshot(turns, checked, names, choice.member, choice.credit_consumed, frozenset())
        return Chosen(choice.member, choice.credit_consumed, snapshot)
    before = frozenset(each.member_id for each in choice.candidates[: choice.candidates.index(kept)])
    return Chosen(kept, False, _snapshot(turns, checked, names, kept, False, before))


def _snapshot(
    turns: PoolTurns,
    checked: Checked,
    names: Mapping[str, str],
    chosen: Standing,
    credit_consumed: bool,
    passed_over: Collection[str],
) -> Snapshot:
    ordered = turn_order(turns.standings, turns.distribution)
    never = [each for each in turns.standings if each not in ordered]
    return Snapshot(
        version=1,
        pool_id=turns.pool_id,
        meeting_category_id=turns.category_id,
        period_start=turns.period_start,
        distribution=turns.distribution,
        weighted=turns.weighted,
        chosen=chosen.member_id,
        credit_consumed=credit_consumed,
        candidates=tuple(
            Candidate(
                member_id=each.member_id,
                user_id=each.user_id,
                name=names.get(each.user_id, ""),
                scheduled=each.scheduled,
                calibration=each.calibration,
                credits=each.credits,
                net=each.net,
                weight=each.weight,
                level=level_text(each.level),
                order=each.order,
                last_assigned=each.last_assigned,
                skip=KEPT if each.member_id in passed_over else checked.reasons.get(each.user_id),
            )
            for each in (*ordered, *never)
        ),
    )


def _reason(host: HostAvailability) -> str:
    return host.reason or _OFF_GRID
