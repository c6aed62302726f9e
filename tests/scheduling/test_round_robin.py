"""Turns: against a naive reference, over many picks, and at every tie."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from functools import cmp_to_key
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.scheduling.round_robin import after_last, by_turn, in_member_order, last_chosen, pick
from app.scheduling.standings import Distribution, Standing, counted_weight, level_text
from tests.scheduling.pools import HUGE, START, assigned, fresh, huge, pools, small

PICKS = 2_000
distributions = st.sampled_from(["count_based", "order_based"])


def comes_before(one: Standing, other: Standing) -> bool:
    """The rules of a count-based pool, one by one, in whole numbers that are multiplied out."""
    left, right = (2 * one.net + 1) * other.weight, (2 * other.net + 1) * one.weight
    if left != right:
        return left < right
    if one.weight != other.weight:
        return one.weight > other.weight
    if one.last_assigned != other.last_assigned:
        if one.last_assigned is None or other.last_assigned is None:
            return one.last_assigned is None
        return one.last_assigned < other.last_assigned
    if one.order != other.order:
        if one.order is None or other.order is None:
            return other.order is None
        return one.order < other.order
    return one.member_id < other.member_id


def in_turn(pool: list[Standing]) -> list[Standing]:
    """The reference: everybody compared with everybody."""

    def compared(one: Standing, other: Standing) -> int:
        return -1 if comes_before(one, other) else 1

    return sorted((each for each in pool if each.weight), key=cmp_to_key(compared))


@pytest.mark.requirement("read.counts.order")
@given(pool=st.one_of(pools(), pools(huge)))
def test_turns_are_those_of_the_rules_one_by_one(pool: list[Standing]) -> None:
    assert by_turn(pool) == in_turn(pool)


@given(pool=pools(), distribution=distributions, data=st.data())
def test_the_order_in_which_members_are_given_changes_nothing(
    pool: list[Standing], distribution: Distribution, data: st.DataObject
) -> None:
    eligible = data.draw(st.sets(st.sampled_from([each.member_id for each in pool]))) if pool else set[str]()
    other = data.draw(st.permutations(pool))
    assert by_turn(other) == by_turn(pool)
    assert last_chosen(other) == last_chosen(pool)
    assert pick(other, eligible, distribution) == pick(pool, eligible, distribution)


def worst_drift(pool: list[Standing], picks: int = PICKS) -> Fraction:
    """The furthest that any member ever is from his ideal weighted share, in meetings, while everybody is free."""
    standings = {each.member_id: each for each in pool}
    whole, everybody = sum(each.weight for each in pool), set(standings)
    worst = Fraction(0)
    for number in range(1, picks + 1):
        choice = pick(list(standings.values()), everybody, "count_based")
        assert choice is not None
        who = choice.member.member_id
        standings[who] = assigned(choice.member, START + timedelta(minutes=number))
        for each in standings.values():
            worst = max(worst, abs(each.scheduled - Fraction(number * each.weight, whole)))
    return worst


def weighted(weights: list[int]) -> list[Standing]:
    return [fresh(number, weight) for number, weight in enumerate(weights)]


def random_weights(seed: int, sizes: range, heaviest: int) -> list[int]:
    rng = Random(seed)
    return [rng.randint(1, heaviest) for _ in range(rng.choice(sizes))]


# The larger a pool, the less its weights may differ for the bound to hold; the next tests say why.
POOLS = [
    *([1] * size for size in (1, 2, 3, 7, 25)),
    *(random_weights(seed, range(2, 7), 6) for seed in range(12)),
    *(random_weights(seed, range(7, 9), 3) for seed in range(6)),
    *(random_weights(seed, range(9, 26), 2) for seed in range(4)),
    [5, 1, 1, 1, 1, 1],
    [3, 1, 1, 1, 1, 1, 1, 1],
]


@pytest.mark.parametrize("weights", POOLS, ids=str)
def test_over_two_thousand_picks_nobody_drifts_more_than_a_meeting_and_a_half(weights: list[int]) -> None:
    assert worst_drift(weighted(weights)) <= Fraction(3, 2)


@given(size=st.integers(1, 12))
def test_with_equal_weights_nobody_is_ever_a_whole_meeting_from_his_share(size: int) -> None:
    assert worst_drift(weighted([1] * size), picks=3 * size) < 1


@given(weights=st.lists(st.integers(1, 9), min_size=2, max_size=9))
@example(weights=[5, 1, 1, 1, 1, 1, 1, 1])
def test_weighted_shares_are_exact_after_each_round(weights: list[int]) -> None:
    """A round is as many meetings as there are weights: then everybody has exactly his."""
    pool = {each.member_id: each for each in weighted(weights)}
    for number in range(sum(weights)):
        choice = pick(list(pool.values()), set(pool), "count_based")
        assert choice is not None
        pool[choice.member.member_id] = assigned(choice.member, START + timedelta(minutes=number))
    assert [each.scheduled for each in pool.values()] == weights


def test_a_heavy_member_among_many_light_ones_comes_early_at_most_half_his_weight() -> None:
    """What the ½ costs: a weight of 5 beside seven of 1 has three meetings before any of them has one."""
    assert worst_drift(weighted([5, 1, 1, 1, 1, 1, 1, 1]), picks=120) == Fraction(7, 4)


def test_ties_are_broken_by_weight_then_time_then_order_then_id() -> None:
    light = Standing("a", "u", 1, 0, 0, 0, 0, 1, None)
    heavy = replace(light, member_id="z", weight=3, scheduled=1, last_assigned=START, order=9)  # 3/2 over 3 is 1/2 too
    assert light.level == heavy.level
    assert by_turn([light, heavy]) == [heavy, light]
    longer = replace(light, member_id="z", last_assigned=START, order=9)
    shorter = replace(light, member_id="a", last_assigned=START + timedelta(microseconds=1), order=1)
    never = replace(light, member_id="zz", last_assigned=None, order=None)
    assert by_turn([shorter, longer, never]) == [never, longer, shorter]
    placed, unplaced = replace(light, member_id="z", order=7), replace(light, member_id="a", order=None)
    assert by_turn([unplaced, placed]) == [placed, unplaced]
    assert by_turn([replace(light, member_id="b"), light]) == [light, replace(light, member_id="b")]


def test_the_rule_that_decided_is_named() -> None:
    one = fresh(1)

    def rule(*pool: Standing) -> str:
        choice = pick(pool, {each.member_id for each in pool}, "count_based")
        assert choice is not None
        return choice.rule

    assert rule(one) == "only_one"
    assert rule(one, replace(fresh(2), scheduled=1)) == "level"
    assert rule(one, replace(fresh(2, 3), scheduled=1)) == "weight"
    assert rule(one, replace(fresh(2), last_assigned=START)) == "last_assigned"
    assert rule(one, fresh(2)) == "order"
    assert rule(one, replace(fresh(2), order=1)) == "id"
    choice = pick([one, fresh(2)], {"m1", "m2"}, "order_based")
    assert choice is not None
    assert choice.rule == "turn"


def test_levels_are_exact_where_floats_are_not() -> None:
    one = replace(fresh(1, HUGE), scheduled=HUGE)
    other = replace(fresh(2, HUGE), scheduled=HUGE - 1)
    assert float(one.level or 0) == float(other.level or 0)
    assert by_turn([one, other]) == [other, one]
    assert level_text(replace(fresh(1), scheduled=2).level) == "5/2"
    assert level_text(replace(fresh(1, 2), scheduled=-3).level) == "-5/4"


def test_a_weight_of_zero_is_never_chosen() -> None:
    pool = [fresh(1, 0), replace(fresh(2), scheduled=100)]
    assert (fresh(1, 0).level, level_text(None)) == (None, None)
    for distribution in ("count_based", "order_based"):
        choice = pick(pool, {"m1", "m2"}, distribution)
        assert choice is not None
        assert choice.candidates == (pool[1],)
        assert pick(pool, {"m1"}, distribution) is None
    assert counted_weight(0, weighted=True) == 0
    assert (counted_weight(0, weighted=False), counted_weight(None, weighted=True)) == (1, 1)


@given(pool=pools(min_size=1), data=st.data())
def test_after_the_last_one_chosen_it_goes_round_in_member_order(pool: list[Standing], data: st.DataObject) -> None:
    last = data.draw(st.sampled_from(pool))
    ordered = in_member_order(pool)
    at = ordered.index(last)
    expected = [ordered[(at + step) % len(ordered)] for step in range(1, len(ordered) + 1)]
    assert after_last(pool, last.member_id) == [each for each in expected if each.weight]
    for unknown in (None, "gone"):
        assert after_last(pool, unknown) == [each for each in ordered if each.weight]


def test_an_order_based_pool_goes_round_and_skips_the_ineligible() -> None:
    pool = {each.member_id: each for each in weighted([1, 1, 1])}
    chosen: list[str] = []
    for number in range(6):
        free = set(pool) - ({"m1"} if number == 1 else set[str]())
        choice = pick(list(pool.values()), free, "order_based")
        assert choice is not None
        assert not choice.credit_consumed
        chosen.append(choice.member.member_id)
        pool[chosen[-1]] = assigned(choice.member, START + timedelta(minutes=number))
    assert chosen == ["m0", "m2", "m0", "m1", "m2", "m0"]


@given(pool=pools(), distribution=distributions, data=st.data())
def test_a_pick_is_the_first_of_the_eligible(
    pool: list[Standing], distribution: Distribution, data: st.DataObject
) -> None:
    eligible = data.draw(st.sets(st.sampled_from([each.member_id for each in pool]))) if pool else set[str]()
    order = by_turn(pool) if distribution == "count_based" else after_last(pool, last_chosen(pool))
    expected = [each for each in order if each.member_id in eligible]
    choice = pick(pool, eligible, distribution)
    assert (list(choice.candidates) if choice else []) == expected
    assert choice is None or choice.member == expected[0]


@given(pool=pools(), data=st.data())
def test_a_credit_is_consumed_only_by_a_pick_that_it_won(pool: list[Standing], data: st.DataObject) -> None:
    eligible = data.draw(st.sets(st.sampled_from([each.member_id for each in pool]))) if pool else set[str]()
    choice = pick(pool, eligible, "count_based")
    if choice is None:
        return
    winner = choice.member
    poorer = [replace(each, credits=each.credits - (each == winner)) for each in pool]
    again = pick(poorer, eligible, "count_based")
    assert again is not None
    won_by_it = again.member.member_id != winner.member_id
    assert choice.credit_consumed == (won_by_it and winner.credits > 0 and winner.unconsumed_credits > 0)


def test_a_credit_is_consumed_once_and_then_wins_nothing_more() -> None:
    credited = replace(fresh(2), scheduled=1, credits=1, unconsumed_credits=1)
    other = replace(fresh(1), scheduled=1)
    first = pick([credited, other], {"m1", "m2"}, "count_based")
    assert first is not None
    assert (first.member, first.credit_consumed) == (credited, True)
    after = assigned(credited, START, consumed=True)
    assert after.unconsumed_credits == 0
    second = pick([after, other], {"m1", "m2"}, "count_based")
    assert second is not None
    assert not second.credit_consumed
    alone = pick([credited], {"m2"}, "count_based")
    assert alone is not None
    assert not alone.credit_consumed


@given(pool=pools(small))
def test_standings_are_left_as_they_are(pool: list[Standing]) -> None:
    before = list(pool)
    pick(pool, {each.member_id for each in pool}, "count_based")
    assert pool == before
