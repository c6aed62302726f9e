"""Auto-calibration: the arithmetic in whole numbers, and that it puts a member level with the others."""

from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal, localcontext
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.scheduling.calibration import auto_calibration
from app.scheduling.standings import Standing
from tests.scheduling.pools import fresh, huge, pools


@given(own=pools(min_size=1), others=st.one_of(pools(), pools(huge)))
def test_it_is_the_formula_rounded_half_up(own: list[Standing], others: list[Standing]) -> None:
    member, others = replace(own[0], member_id="new"), [each for each in others if each.weight]
    found = auto_calibration(member, others)
    if not others:
        assert found.value == 0
        return
    share = Fraction(member.weight * sum(each.net for each in others), sum(each.weight for each in others))
    with localcontext() as context:
        context.prec = 200
        rounded = ((Decimal(share.numerator) / share.denominator) + Decimal("0.5")).to_integral_value(ROUND_FLOOR)
    assert found.value == int(rounded) - member.net


def test_the_arithmetic_can_be_followed_by_hand() -> None:
    others = [replace(fresh(1), scheduled=4), replace(fresh(2), scheduled=3), replace(fresh(3, 0), scheduled=50)]
    found = auto_calibration(fresh(9), others)
    assert found.value == 4
    assert found.arithmetic == "1 × 7 ÷ 2 − 0 = 4, rounded half up"
    assert auto_calibration(replace(fresh(9, 2), scheduled=1), others).arithmetic == "2 × 7 ÷ 2 − 1 = 6"
    below = auto_calibration(replace(fresh(9), credits=2), [replace(fresh(1), calibration=-5), fresh(2)])
    assert (below.value, below.arithmetic) == (0, "1 × (-5) ÷ 2 − (-2) = 0, rounded half up")
    assert auto_calibration(fresh(9), [fresh(3, 0)]).value == 0


@given(others=pools(min_size=1))
def test_afterwards_the_member_has_the_others_average(others: list[Standing]) -> None:
    others = [replace(each, weight=1) for each in others]
    own = replace(fresh(99), scheduled=5)
    level = replace(own, calibration=own.calibration + auto_calibration(own, others).value)
    average = Fraction(sum(each.net for each in others), len(others))
    assert Fraction(-1, 2) < level.net - average <= Fraction(1, 2)


@given(others=pools())
def test_the_member_himself_is_no_other(others: list[Standing]) -> None:
    own = fresh(99)
    assert auto_calibration(own, [*others, own]) == auto_calibration(own, others)
