"""Actions in any order, by admins and reps, with stale previews and repeated calls, while time goes on: after each, the
org's rows are those of a model in plain Python, and whatever was refused has changed nothing."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, time, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.mcp.walk_deeds import some
from tests.mcp.walk_meetings import Meeting
from tests.mcp.walk_settings import walk
from tests.mcp.walk_setup import KINDS, PEOPLE, POOLS, Kind, Pool
from tests.mcp.walk_steps import ADMINS, VIEWER, How, Steps

numbers = st.integers(0, 40)
days = st.integers(0, 4)
kinds = st.sampled_from(KINDS)
everybody = st.sampled_from((*POOLS, *POOLS, "rep1", "rep16"))
later = st.sampled_from((False, False, True))
admins = st.builds(How, st.sampled_from(ADMINS), later, st.booleans())
anybody = st.builds(How, st.sampled_from(("admin", "admin", "host", "host", "agent", *PEOPLE)), later, st.booleans())
reasons = st.sampled_from(("no_show", "unqualified", "other"))


class RandomWalk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.steps = Steps()
        self.model, self.walk = self.steps.model, self.steps.walk
        self.counted_at = (0, self.walk.now)

    def teardown(self) -> None:
        self.steps.close()

    @initialize(first=st.lists(st.tuples(kinds, everybody, st.integers(0, 2), numbers), min_size=2, max_size=5))
    def some_are_booked(self, first: list[tuple[Kind, Pool | str, int, int]]) -> None:
        for kind, whom, day, number in first:
            self._book(kind, whom, day, number, How())

    @rule(kind=kinds, whom=everybody, day=days, number=numbers, how=admins)
    def book(self, kind: Kind, whom: Pool | str, day: int, number: int, how: How) -> None:
        self._book(kind, whom, day, number, how)

    @precondition(lambda self: self.model.meetings)
    @rule(number=numbers, how=anybody)
    def cancel(self, number: int, how: How) -> None:
        meeting = self._meeting(number)
        self.steps.cancel(meeting, _by(how, meeting))

    @precondition(lambda self: self.model.meetings)
    @rule(number=numbers, day=days, start=numbers, how=anybody)
    def move_to_an_offered_start(self, number: int, day: int, start: int, how: How) -> None:
        meeting = self._meeting(number)
        how = _by(how, meeting)
        found = self.steps.places(meeting, self.steps.today + timedelta(days=day), how.who)
        if found is not None and found[1]:
            self.steps.move(meeting, some(found[1], start), how, found[0])

    @precondition(lambda self: self.model.meetings)
    @rule(number=numbers, day=days, start=numbers, how=anybody)
    def move_to_any_start(self, number: int, day: int, start: int, how: How) -> None:
        meeting = self._meeting(number)
        at = datetime.combine(self.steps.today + timedelta(days=day), time(8), VIEWER) + timedelta(minutes=30 * start)
        self.steps.move(meeting, at, _by(how, meeting))

    @precondition(lambda self: any(each.previous for each in self.model.meetings))
    @rule(number=numbers, how=anybody)
    def move_back(self, number: int, how: How) -> None:
        meeting = some([each for each in self.model.meetings if each.previous], number)
        assert meeting.previous is not None
        self.steps.move(meeting, meeting.previous, _by(how, meeting))

    @precondition(lambda self: self.model.meetings)
    @rule(number=numbers, to=numbers, how=admins)
    def reassign(self, number: int, to: int, how: How) -> None:
        pooled = [each for each in self.model.meetings if each.pool and each.start > self.walk.now]
        meeting = some([*pooled, *pooled, *pooled, *self.model.meetings], number)
        self.steps.check_candidates(meeting, how.who)
        others = [each for each in (meeting.pool.members if meeting.pool else ()) if each != meeting.host]
        self.steps.hand_over(meeting, some([*others, *others, *others, *PEOPLE], to), how)

    @precondition(lambda self: any(each.from_host for each in self.model.meetings))
    @rule(number=numbers, how=admins)
    def give_back(self, number: int, how: How) -> None:
        meeting = some([each for each in self.model.meetings if each.from_host], number)
        self.steps.hand_over(meeting, meeting.from_host or "", how)

    @precondition(lambda self: self.model.meetings)
    @rule(number=numbers, reason=reasons, how=anybody)
    def request_credit(self, number: int, reason: str, how: How) -> None:
        pooled = [each for each in self.model.meetings if each.pool]
        meeting = some([*pooled, *pooled, *self.model.meetings], number)
        self.steps.ask_for_credit(meeting, reason, _by(how, meeting))

    @precondition(lambda self: any(each.id for each in self.model.requests))
    @rule(number=numbers, decision=st.sampled_from(("approve", "approve", "deny")), how=admins)
    def review(self, number: int, decision: str, how: How) -> None:
        known = [each for each in self.model.requests if each.id]
        pending = [each for each in known if each.status == "Pending"]
        self.steps.review(some([*pending, *pending, *known], number), decision, how)

    @precondition(lambda self: self.walk.previewed)
    @rule(number=numbers)
    def agree_to_an_earlier_preview(self, number: int) -> None:
        self.walk.agree(self.walk.previewed.pop(number % len(self.walk.previewed)))

    @precondition(lambda self: self.walk.done)
    @rule(number=numbers)
    def repeat_a_call(self, number: int) -> None:
        self.walk.repeat(some(self.walk.done, number))

    @precondition(lambda self: any("idempotency_key" in each.given for each in self.walk.done))
    @rule(number=numbers)
    def ask_otherwise_under_the_same_key(self, number: int) -> None:
        self.walk.repeat_otherwise(some([each for each in self.walk.done if "idempotency_key" in each.given], number))

    @rule(minutes=st.sampled_from((3, 3, 47, 180, 1440, 10080)))
    def time_goes_on(self, minutes: int) -> None:
        self.walk.move_clock(timedelta(minutes=minutes))

    @precondition(lambda self: any(each.live and each.start > self.walk.now for each in self.model.meetings))
    @rule(number=numbers, tried=st.sampled_from((None, "cancel", "move", "reassign")), how=admins)
    def a_meeting_begins(self, number: int, tried: str | None, how: How) -> None:
        """tried: what is too late then, to the second."""
        meeting = some([each for each in self.model.meetings if each.live and each.start > self.walk.now], number)
        self.walk.move_clock(meeting.start - self.walk.now)
        if tried == "cancel":
            self.steps.cancel(meeting, how)
        elif tried == "move":
            self.steps.move(meeting, meeting.start + timedelta(days=1), how)
        elif tried == "reassign":
            self.steps.hand_over(meeting, some(PEOPLE, number), how)

    @invariant()
    def counts_are_the_models(self) -> None:
        """Asked whenever anything can have changed."""
        state = (self.walk.operations, self.walk.now)
        if state != self.counted_at:
            self.counted_at = state
            self.steps.check_counts()

    def _book(self, kind: Kind, whom: Pool | str, day: int, number: int, how: How) -> None:
        offer, starts = self.steps.offered(kind, whom, self.steps.today + timedelta(days=day), how.who)
        if starts:
            self.steps.book(kind, whom, offer, some(starts, number), number % 3, how)

    def _meeting(self, number: int) -> Meeting:
        """Mostly one that is still to come."""
        coming = [each for each in self.model.meetings if each.live and each.start > self.walk.now]
        return some([*coming, *coming, *self.model.meetings], number)


def _by(how: How, meeting: Meeting) -> How:
    return How(meeting.host, how.later, how.by_key) if how.who == "host" else how


@pytest.mark.timeout(0)
def test_whatever_is_done_in_whatever_order_the_org_holds_what_the_model_says() -> None:
    run_state_machine_as_test(RandomWalk, settings=walk)


@pytest.fixture
def steps() -> Generator[Steps]:
    made = Steps()
    yield made
    made.close()


def test_there_and_back_leaves_every_count_as_it_was_and_can_be_done_again(steps: Steps) -> None:
    """The second time there is a deed of its own, though it shows just what the first time showed."""
    pool, kind = POOLS[0], KINDS[1]
    offer, starts = steps.offered(kind, pool, steps.today + timedelta(days=1), "admin")
    everybody_works = next(at for at in starts if len(steps.model.free_in_turn(pool, kind, at, steps.now)) == 3)
    steps.book(kind, pool, offer, everybody_works, 0, How())
    [meeting] = steps.model.meetings
    home, there = meeting.host, next(each for each in pool.members if each != meeting.host)
    before = sorted(steps.counts(pool)[kind.category])
    for to in (there, home, there, home):
        steps.hand_over(meeting, to, How())
        assert meeting.host == to
        steps.check_counts()
        assert (sorted(steps.counts(pool)[kind.category]) == before) == (to == home)
    assert steps.walk.operations == 5


def test_a_meeting_can_be_moved_to_and_fro_as_often_as_anybody_likes(steps: Steps) -> None:
    """The third move shows what the first one showed, but for the status; the fifth shows just what the third did."""
    kind = KINDS[1]
    offer, starts = steps.offered(kind, "rep1", steps.today + timedelta(days=1), "admin")
    steps.book(kind, "rep1", offer, starts[0], 0, How())
    [meeting] = steps.model.meetings
    for start in (starts[-1], starts[0]) * 3:
        steps.move(meeting, start, How("rep1"))
        assert meeting.start == start
    assert steps.walk.operations == 7
