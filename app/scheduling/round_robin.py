"""Whose turn it is in a pool, and why: count-based by level, order-based by the place after the last one chosen.

All orders are total and depend on the standings alone, not on the order in which they are given.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

from app.scheduling.standings import Distribution, Standing

Rule = Literal["only_one", "level", "weight", "last_assigned", "order", "id", "turn"]
"""What put one member before the next: there was no other; the lower level; the larger weight; longer since the last
assignment; the earlier place in member order; the id, so that there is always one; the turn of an order-based pool."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Who was picked. candidates: the eligible, the chosen one first, in the order in which they would have come.

    credit_consumed: it was won only because of a credit, which is thereby consumed. rule: what put the chosen one
    before the second.
    """

    member: Standing
    candidates: tuple[Standing, ...]
    credit_consumed: bool
    rule: Rule


def by_turn(standings: Iterable[Standing]) -> list[Standing]:
    """The order of a count-based pool: lowest level first; then the larger weight, the longest since last assigned
    (never is longest), member order, id. Without those of weight 0, whose turn never comes."""
    return sorted((each for each in standings if each.weight > 0), key=_turn_key)


def in_member_order(standings: Iterable[Standing]) -> list[Standing]:
    """By place in member order (none is last), then id; those of weight 0 too."""
    return sorted(standings, key=_order_key)


def after_last(standings: Iterable[Standing], last_member_id: str | None) -> list[Standing]:
    """The order of an order-based pool: the member after the last one chosen, then on in member order, round to him.

    From the first of the order if nobody was chosen yet or he has left the pool. Without those of weight 0, though one
    of them may be the last that was chosen.
    """
    ordered = in_member_order(standings)
    at = next((at for at, each in enumerate(ordered) if each.member_id == last_member_id), -1) + 1
    return [each for each in (*ordered[at:], *ordered[:at]) if each.weight > 0]


def last_chosen(standings: Iterable[Standing]) -> str | None:
    """The member who was assigned last, None if nobody was; of several at one instant the last in member order."""
    assigned = [each for each in in_member_order(standings) if each.last_assigned is not None]
    latest = max((_assigned(each) for each in assigned), default=None)
    return next((each.member_id for each in reversed(assigned) if _assigned(each) == latest), None)


def turn_order(standings: Collection[Standing], distribution: Distribution) -> list[Standing]:
    """The order in which members come, whoever is free."""
    if distribution == "count_based":
        return by_turn(standings)
    return after_last(standings, last_chosen(standings))


def pick(standings: Collection[Standing], eligible: Collection[str], distribution: Distribution) -> Choice | None:
    """The next of those members whose ids are `eligible`; None if there is none of them whose turn ever comes.

    A credit is consumed when its owner still has one unconsumed and would not have come first with one credit less.
    In an order-based pool counts decide nothing, so no credit is ever consumed.
    """
    candidates = [each for each in turn_order(standings, distribution) if each.member_id in eligible]
    if not candidates:
        return None
    winner = candidates[0]
    consumed = distribution == "count_based" and _needed_a_credit(winner, candidates)
    return Choice(winner, tuple(candidates), consumed, deciding_rule(candidates, distribution))


def deciding_rule(ordered: Sequence[Standing], distribution: Distribution) -> Rule:
    """What puts the first of an order before the second."""
    if len(ordered) < 2:
        return "only_one"
    if distribution == "order_based":
        return "turn"
    first, second = ordered[0], ordered[1]
    return next(rule for rule, part in _TURN if part(first) != part(second))


def _needed_a_credit(winner: Standing, candidates: Sequence[Standing]) -> bool:
    if winner.unconsumed_credits < 1 or winner.credits < 1:
        return False
    with_one_less = replace(winner, credits=winner.credits - 1)
    others = (each for each in candidates if each.member_id != winner.member_id)
    return by_turn([with_one_less, *others])[0].member_id != winner.member_id


def _assigned(standing: Standing) -> tuple[bool, float | datetime]:
    """Sorts never before any instant."""
    when = standing.last_assigned
    return (False, 0.0) if when is None else (True, when)


def _place(standing: Standing) -> tuple[bool, int]:
    return standing.order is None, standing.order or 0


_TURN: Final[tuple[tuple[Rule, Callable[[Standing], Any]], ...]] = (
    ("level", lambda each: each.level),
    ("weight", lambda each: -each.weight),
    ("last_assigned", _assigned),
    ("order", _place),
    ("id", lambda each: each.member_id),
)
"""The rules of a count-based pool, the first that tells two members apart decides."""


def _turn_key(standing: Standing) -> tuple[Any, ...]:
    return tuple(part(standing) for _, part in _TURN)


def _order_key(standing: Standing) -> tuple[Any, ...]:
    return (*_place(standing), standing.member_id)
