"""Whose turn it is, or was, in one sentence: the rule that decided, with its arithmetic."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.mcp.views.moment import moment, spoken
from app.scheduling.round_robin import deciding_rule
from app.scheduling.standings import Distribution, Standing, level_text

_PLACE: Final = "member order"


def turn_text(
    ordered: Sequence[Standing],
    names: Mapping[str, str],
    distribution: Distribution,
    last: Standing | None,
    zone: ZoneInfo,
    *,
    verb: str,
    alone: str,
) -> str:
    """Why the first of `ordered` comes first; with his name, which is a colleague's and no prospect's.

    last: who was chosen last before, for an order-based pool. verb: `is next`, `was chosen`. alone: what to say
    where there is no other, `nobody else was free`. Whether weights count shows in the standings: without, each is 1.
    """
    first = ordered[0]
    name = names[first.member_id]
    rule = deciding_rule(ordered, distribution)
    if rule == "only_one":
        return f"{name} {verb}: {alone}."
    if rule == "turn":
        return f"{name} {verb}: {_turn(last, names, zone)}"
    second = ordered[1]
    other = names[second.member_id]
    equal_weights = all(each.weight == 1 for each in ordered)
    if rule == "level":
        if equal_weights:
            return f"{name} {verb}: the lowest net count, {arithmetic(first)}; then {other} with {second.net}."
        return (
            f"{name} {verb}: the lowest level, (net + 1/2) / weight = ({first.net} + 1/2) / {first.weight} = "
            f"{level_text(first.level)}, where net {arithmetic(first)}; then {other} with {level_text(second.level)}."
        )
    tie = f"net {first.net}" if equal_weights else f"level {level_text(first.level)}"
    decided = {
        "weight": f"the larger weight comes first ({first.weight}, {second.weight})",
        "last_assigned": "who has waited longer since the last assignment comes first "
        f"({_when(first.last_assigned, zone)}, {_when(second.last_assigned, zone)})",
        "order": f"{_PLACE} decides ({_place(first)}, {_place(second)})",
        "id": f"they are equal in {_PLACE} too, so the record id decides",
    }[rule]
    return f"{name} {verb}: the tie with {other} at {tie} is broken; {decided}."


def arithmetic(standing: Standing) -> str:
    """`2 = calibration 0 + scheduled 3 - credits 1`."""
    parts = f"calibration {standing.calibration} + scheduled {standing.scheduled} - credits {standing.credits}"
    return f"{standing.net} = {parts}"


def _turn(last: Standing | None, names: Mapping[str, str], zone: ZoneInfo) -> str:
    if last is None:
        return f"nobody has been chosen yet, so the first in {_PLACE}."
    return (
        f"the next in {_PLACE} after {names[last.member_id]}, who was chosen last ({_when(last.last_assigned, zone)})."
    )


def _when(instant: datetime | None, zone: ZoneInfo) -> str:
    return "never" if instant is None else spoken(moment(instant, zone))


def _place(standing: Standing) -> str:
    return "no place" if standing.order is None else str(standing.order)
