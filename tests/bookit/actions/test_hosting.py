"""Who hosts: the one whose turn it is, or whom the preview showed, and the note of it that can be explained."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.bookit.actions.hosting import KEPT, Checked, Chosen, choose
from app.bookit.counts.snapshot import read_snapshot, written
from tests.bookit.actions.bookings import MODIFIED, member, turns

ADA, BEN, CAL = member("ada", net=1, order=1), member("ben", net=2, order=2), member("cal", net=3, order=3)
NAMES = {"ada": "Ada", "ben": "Ben", "cal": "Cal"}
ALL = Checked(frozenset({"ada", "ben", "cal"}), {})


def skips(chosen: Chosen | None) -> dict[str, str | None]:
    """Why each was passed over, in the order of the note, which must be one that can be read."""
    assert chosen is not None
    snapshot = read_snapshot(written(chosen.snapshot))
    assert snapshot == chosen.snapshot
    assert snapshot.chosen == chosen.standing.member_id
    return {each.user_id: each.skip for each in snapshot.candidates}


def test_the_free_one_with_the_lowest_count_is_chosen() -> None:
    chosen = choose(turns(CAL, BEN, ADA), ALL, NAMES, None)
    assert chosen is not None
    assert (chosen.standing, chosen.credit_consumed) == (ADA, False)
    assert skips(chosen) == {"ada": None, "ben": None, "cal": None}
    assert [each.name for each in chosen.snapshot.candidates] == ["Ada", "Ben", "Cal"]


def test_who_cannot_take_it_is_passed_over_for_a_reason() -> None:
    checked = Checked(frozenset({"cal"}), {"ada": "busy", "ben": "not_in_rotation"})
    chosen = choose(turns(ADA, BEN, CAL), checked, NAMES, None)
    assert chosen is not None
    assert chosen.standing == CAL
    assert skips(chosen) == {"ada": "busy", "ben": "not_in_rotation", "cal": None}


def test_nobody_free_is_nobody_chosen() -> None:
    assert choose(turns(ADA, BEN), Checked(frozenset(), {"ada": "busy", "ben": "busy"}), NAMES, "ada") is None
    assert choose(turns(member("ada", weight=0)), ALL, NAMES, None) is None


def test_whom_the_preview_showed_is_kept_while_free() -> None:
    chosen = choose(turns(ADA, BEN, CAL), ALL, NAMES, "cal")
    assert chosen is not None
    assert (chosen.standing, chosen.credit_consumed) == (CAL, False)
    assert skips(chosen) == {"ada": KEPT, "ben": KEPT, "cal": None}
    first = choose(turns(ADA, BEN, CAL), ALL, NAMES, "ada")
    assert skips(first) == {"ada": None, "ben": None, "cal": None}


@pytest.mark.parametrize("keep", ["cal", "somebody who left"])
def test_whom_the_preview_showed_is_not_kept_when_he_is_taken_or_gone(keep: str) -> None:
    checked = Checked(frozenset({"ada", "ben"}), {"cal": "busy"})
    chosen = choose(turns(ADA, BEN, CAL), checked, NAMES, keep)
    assert chosen is not None
    assert chosen.standing == ADA


def test_a_turn_that_only_a_credit_won_consumes_it() -> None:
    credited = member("ada", net=1, credits=1, unconsumed=1, order=2)
    ben = member("ben", net=1, order=3)
    level = choose(turns(credited, ben), ALL, NAMES, None)  # without the credit 2, after Ben
    assert level is not None
    assert (level.standing, level.credit_consumed, level.snapshot.credit_consumed) == (credited, True, True)
    anyway = choose(turns(credited, member("ben", net=5)), ALL, NAMES, None)
    assert anyway is not None
    assert (anyway.standing, anyway.credit_consumed) == (credited, False)
    used_up = choose(turns(member("ada", net=1, credits=1, order=2), ben), ALL, NAMES, None)
    assert used_up is not None
    assert used_up.credit_consumed is False


def test_the_order_of_an_order_based_pool_goes_on_after_the_last() -> None:
    ada = member("ada", net=9, order=1, assigned=MODIFIED - timedelta(days=1))
    ben = member("ben", net=0, order=2, assigned=MODIFIED)
    cal = member("cal", net=9, order=3)
    chosen = choose(turns(ada, ben, cal, distribution="order_based"), ALL, NAMES, None)
    assert chosen is not None
    assert chosen.standing == cal
    assert list(skips(chosen)) == ["cal", "ada", "ben"]


def test_what_is_taken_and_what_is_off_the_grid() -> None:
    assert Checked(frozenset(), {"ada": "busy", "ben": "paused"}).is_taken
    assert Checked(frozenset(), {"ada": "weekly_limit"}).is_taken
    assert not Checked(frozenset(), {"ada": "vacation"}).is_taken
    off_grid = Checked(frozenset(), {"ada": "busy", "ben": "no_start_in_range"})
    assert (off_grid.is_off_grid, off_grid.is_taken) == (True, False)
