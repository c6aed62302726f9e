"""Every rule that can decide a turn is said in one sentence, with the numbers that decide."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.mcp.views.turns import turn_text
from app.scheduling.standings import Distribution, Standing

ZONE = ZoneInfo("America/New_York")
AT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
ADA = Standing("a", "ua", 1, 3, 1, 2, 0, 1, AT)
BEN = Standing("b", "ub", 1, 4, 0, 0, 0, 2, AT)
NAMES = {"a": "Ada", "b": "Ben"}


def said(*ordered: Standing, distribution: Distribution = "count_based", last: Standing | None = None) -> str:
    return turn_text(ordered, NAMES, distribution, last, ZONE, verb="is next", alone="nobody else is in rotation")


HEAVY = replace(ADA, weight=2)
LEVEL_BEN = replace(BEN, scheduled=2)


@pytest.mark.requirement("read.counts.why")
@pytest.mark.parametrize(
    ("ordered", "sentence"),
    [
        ((ADA,), "Ada is next: nobody else is in rotation."),
        (
            (ADA, BEN),
            "Ada is next: the lowest net count, 2 = calibration 1 + scheduled 3 - credits 2; then Ben with 4.",
        ),
        (
            (HEAVY, BEN),
            "Ada is next: the lowest level, (net + 1/2) / weight = (2 + 1/2) / 2 = 5/4, where net 2 = calibration 1 + "
            "scheduled 3 - credits 2; then Ben with 9/2.",
        ),
        (
            (replace(HEAVY, weight=5), replace(LEVEL_BEN, scheduled=0)),
            "Ada is next: the tie with Ben at level 1/2 is broken; the larger weight comes first (5, 1).",
        ),
        (
            (replace(ADA, last_assigned=None), LEVEL_BEN),
            "Ada is next: the tie with Ben at net 2 is broken; who has waited longer since the last assignment comes "
            "first (never, Fri 2026-11-20 10:30).",
        ),
        ((ADA, LEVEL_BEN), "Ada is next: the tie with Ben at net 2 is broken; member order decides (1, 2)."),
        (
            (ADA, replace(LEVEL_BEN, order=None)),
            "Ada is next: the tie with Ben at net 2 is broken; member order decides (1, no place).",
        ),
        (
            (ADA, replace(LEVEL_BEN, order=1)),
            "Ada is next: the tie with Ben at net 2 is broken; they are equal in member order too, so the record id "
            "decides.",
        ),
    ],
)
def test_the_rule_of_a_count_based_pool_is_said(ordered: tuple[Standing, ...], sentence: str) -> None:
    assert said(*ordered) == sentence


def test_the_turn_of_an_order_based_pool_is_said() -> None:
    assert said(ADA, BEN, distribution="order_based", last=BEN) == (
        "Ada is next: the next in member order after Ben, who was chosen last (Fri 2026-11-20 10:30)."
    )
    assert said(ADA, BEN, distribution="order_based") == (
        "Ada is next: nobody has been chosen yet, so the first in member order."
    )
