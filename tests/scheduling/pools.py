"""Random pools: standings that tie often, and numbers far beyond what a float holds exactly."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from app.scheduling.standings import Standing

START = datetime(2026, 11, 1, tzinfo=UTC)
HUGE = 10**17
"""Salesforce's whole numbers have eighteen digits, a float's sixteen."""

small = st.integers(-2, 3)
huge = st.integers(-HUGE, HUGE)


def fresh(number: int, weight: int = 1) -> Standing:
    """Member number `number`, who has had no meeting yet."""
    return Standing(f"m{number}", f"u{number}", weight, 0, 0, 0, 0, number, None)


@st.composite
def pools(draw: st.DrawFn, numbers: st.SearchStrategy[int] = small, *, min_size: int = 0) -> list[Standing]:
    """Members with distinct ids, in any order."""
    size = draw(st.integers(min_size, 7))
    weights = st.integers(0, 3) if numbers is small else st.integers(0, HUGE)
    made = [
        Standing(
            member_id=f"m{number}",
            user_id=f"u{number}",
            weight=draw(weights),
            scheduled=draw(numbers),
            calibration=draw(numbers),
            credits=draw(st.integers(0, 2)),
            unconsumed_credits=draw(st.integers(0, 1)),
            order=draw(st.sampled_from([1, 2, 3, None])),
            last_assigned=draw(st.sampled_from([None, START, START + timedelta(days=1)])),
        )
        for number in range(size)
    ]
    return draw(st.permutations(made))


def assigned(standing: Standing, at: datetime, *, consumed: bool = False) -> Standing:
    """After one more meeting."""
    return replace(
        standing,
        scheduled=standing.scheduled + 1,
        last_assigned=at,
        unconsumed_credits=standing.unconsumed_credits - consumed,
    )
