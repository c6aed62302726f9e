from datetime import timedelta

import pytest

from app.org.errors import OrgError, OrgErrorCode
from app.org.limits import OrgLimits
from tests.org.grants_in_memory import ORG, OTHER_ORG
from tests.support.movable_clock import MovableClock


@pytest.fixture
def limits(clock: MovableClock) -> OrgLimits:
    return OrgLimits(clock)


def refused(limits: OrgLimits, org_id: str = ORG) -> bool:
    try:
        limits.admit_read(org_id)
    except OrgError as problem:
        return problem.code is OrgErrorCode.SALESFORCE_LIMIT
    return False


def test_an_org_that_has_told_nothing_is_read(limits: OrgLimits) -> None:
    assert limits.usage(ORG) is None
    assert not refused(limits)


@pytest.mark.parametrize(("used", "shed"), [(0, False), (94, False), (95, True), (100, True), (120, True)])
def test_reads_are_refused_from_95_percent_of_the_limit(limits: OrgLimits, used: int, shed: bool) -> None:
    limits.saw(ORG, used, 100)
    assert refused(limits) is shed


def test_one_orgs_usage_is_no_other_orgs(limits: OrgLimits) -> None:
    limits.saw(ORG, 100, 100)
    assert not refused(limits, OTHER_ORG)


def test_one_read_a_minute_goes_out_to_see_whether_the_limit_has_moved(limits: OrgLimits, clock: MovableClock) -> None:
    limits.saw(ORG, 99, 100)
    clock.advance(timedelta(seconds=59))
    assert refused(limits)
    clock.advance(timedelta(seconds=1))
    assert not refused(limits)
    assert refused(limits)
    limits.saw(ORG, 50, 100)
    assert not refused(limits)


def test_an_org_that_refuses_is_left_alone_though_it_never_told_its_usage(
    limits: OrgLimits, clock: MovableClock
) -> None:
    limits.was_refused(ORG)
    assert refused(limits)
    clock.advance(timedelta(minutes=1))
    assert not refused(limits)
