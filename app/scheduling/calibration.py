"""Auto-calibration: a member who joins, or comes back, starts level with the others instead of far behind them."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.scheduling.standings import Standing


@dataclass(frozen=True, slots=True)
class AutoCalibration:
    """value: what is added to the member's calibration, possibly negative. arithmetic: how it came about, for the
    history."""

    value: int
    arithmetic: str


def auto_calibration(own: Standing, others: Iterable[Standing]) -> AutoCalibration:
    """weight * Σ net of the others / Σ weight of the others - own net, rounded half up, in whole numbers throughout.

    The formula is our own choice: it brings the member to his weight's share of what the others have on average. Others
    of weight 0 take no part; without any others there is nothing to be level with, and nothing is added.
    """
    counted = [each for each in others if each.weight > 0 and each.member_id != own.member_id]
    weight, net = sum(each.weight for each in counted), sum(each.net for each in counted)
    if weight == 0:
        return AutoCalibration(0, "no other members to be level with")
    value = (2 * own.weight * net + weight) // (2 * weight) - own.net
    exact = f"{own.weight} × {_signed(net)} ÷ {weight} − {_signed(own.net)}"
    rounded = "" if own.weight * net % weight == 0 else ", rounded half up"
    return AutoCalibration(value, f"{exact} = {value}{rounded}")


def _signed(number: int) -> str:
    return str(number) if number >= 0 else f"({number})"
