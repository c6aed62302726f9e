"""Where a member of a pool stands in the count of one meeting category: what decides whose turn it is.

Numbers are whole, and compared exactly: a level is a fraction, never a float.
"""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Literal

Distribution = Literal["count_based", "order_based"]


@dataclass(frozen=True, slots=True)
class Standing:
    """One member in one meeting category and count period.

    weight: 0 is never chosen; in an unweighted pool every weight is 1 (`counted_weight`). credits: those that count in
    this period, whether consumed in it or not. unconsumed_credits: of all time. order: the place in member order, None
    is last. last_assigned: aware; None is never.
    """

    member_id: str
    user_id: str
    weight: int
    scheduled: int
    calibration: int
    credits: int
    unconsumed_credits: int
    order: int | None
    last_assigned: datetime | None

    @property
    def net(self) -> int:
        """Net meetings: calibration + scheduled - credits. The lowest is next (product guide)."""
        return self.calibration + self.scheduled - self.credits

    @property
    def level(self) -> Fraction | None:
        """(net + ½) / weight; the lowest is next. None for a weight of 0.

        BookIt decides by net; that it is divided by the weight, and the ½, are our own choice. With equal weights the
        order is that of net alone; with unequal ones the ½ keeps shares near the weights from the first meeting on.
        """
        return Fraction(2 * self.net + 1, 2 * self.weight) if self.weight > 0 else None


def counted_weight(weight: int | None, *, weighted: bool) -> int:
    """The weight that counts: 1 in an unweighted pool, and where none is set (the field's own default)."""
    return weight if weighted and weight is not None else 1


def level_text(level: Fraction | None) -> str | None:
    """A level as answers and snapshots spell it: `5/2`, without decimals. None for a weight of 0."""
    return None if level is None else f"{level.numerator}/{level.denominator}"
