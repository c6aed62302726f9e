"""Groups, pools and days, against the minute-by-minute reading and in sentences."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from app.scheduling.availability import Host, HostAvailability, Reason, Rules, hosts_availability
from app.scheduling.together import GroupAvailability, PoolAvailability, days, group_availability, pooled
from tests.scheduling import naive_availability as naive
from tests.scheduling.availability_cases import (
    DAY,
    MINUTE,
    MONDAY,
    NEW_YORK,
    RULES,
    at,
    open_at,
    questions_of_hosts,
    shown,
)
from tests.scheduling.naive_availability import Question

START, END = at(MONDAY), at("2026-11-24")


def each_of(hosts: list[Host], asked: Question) -> list[HostAvailability]:
    return hosts_availability(
        hosts, asked.rules, start=asked.start, end=asked.end, now=asked.now,
        viewer_zone=asked.viewer_zone, holidays=asked.holidays,
    )  # fmt: skip


@given(questions_of_hosts())
def test_a_group_meets_in_the_minutes_that_all_have_free(case: tuple[Question, list[Host]]) -> None:
    asked, hosts = case
    found = group_availability(
        each_of(hosts, asked), asked.rules, start=asked.start, end=asked.end, viewer_zone=asked.viewer_zone
    )
    expected = {host.host_id: naive.availability(host, asked) for host in hosts}
    starts = naive.starts_in(
        frozenset(m for m in asked.minutes if all(m in own.free for own in expected.values())), asked
    )
    shared = "no_common_time" if not starts and all(own.starts for own in expected.values()) else None
    assert found.starts == starts
    assert found.reasons == {host_id: own.reason or shared for host_id, own in expected.items()}


@given(questions_of_hosts())
def test_a_pool_meets_whenever_anyone_does(case: tuple[Question, list[Host]]) -> None:
    asked, hosts = case
    found = pooled(each_of(hosts, asked), asked.rules, start=asked.start, end=asked.end)
    expected = {host.host_id: naive.availability(host, asked) for host in hosts}
    starts = sorted({start for own in expected.values() for start in own.starts})
    free_at = {
        start: [host_id for host_id, own in expected.items() if naive.is_free(start, own, asked)] for start in starts
    }
    assert found.starts == starts
    assert found.hosts_by_start() == free_at
    assert [(day.day, day.starts, day.hosts_free) for day in found.days(asked.viewer_zone)] == [
        (day, own, len({host_id for start in own for host_id in free_at[start]}))
        for day, own in naive.starts_by_date(starts, asked)
    ]


@given(questions_of_hosts(most=1))
def test_days_are_those_that_the_viewer_s_wall_shows(case: tuple[Question, list[Host]]) -> None:
    asked, hosts = case
    [own] = each_of(hosts, asked)
    found = days(own.starts, asked.viewer_zone, asked.start, asked.end)
    assert found == naive.starts_by_date(own.starts, asked)


def known(*hosts: Host, rules: Rules = RULES) -> list[HostAvailability]:
    named = [replace(host, host_id=f"h{number}") for number, host in enumerate(hosts)]
    return each_of(named, Question(rules, START, END, START - DAY, NEW_YORK, frozenset()))


def group(*hosts: Host) -> GroupAvailability:
    return group_availability(known(*hosts), RULES, start=START, end=END, viewer_zone=NEW_YORK)


def pool(*hosts: Host, rules: Rules = RULES) -> PoolAvailability:
    return pooled(known(*hosts, rules=rules), rules, start=START, end=END)


MORNING, NOON, EVENING = open_at((540, 720)), open_at((660, 780)), open_at((1080, 1140))
AWAY = replace(MORNING, paused=True)


def test_a_group_s_starts_are_those_of_its_shared_time() -> None:
    found = group(MORNING, NOON)
    assert shown(found.starts) == ["Mon 11:00"]
    assert found.free == [(at(f"{MONDAY}T11:00"), at(f"{MONDAY}T12:00"))]
    assert found.reasons == {"h0": None, "h1": None}


def test_hosts_who_are_never_free_together_have_no_common_time() -> None:
    found = group(MORNING, EVENING)
    assert found.starts == []
    assert set(found.reasons.values()) == {Reason.NO_COMMON_TIME}


def test_a_host_without_any_time_is_the_reason_of_the_group() -> None:
    assert group(MORNING, AWAY, EVENING).reasons == {"h0": None, "h1": Reason.PAUSED, "h2": None}


def test_a_group_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="A group has a host"):
        group()


def test_a_pool_has_the_starts_of_any_host_and_keeps_their_order() -> None:
    found = pool(NOON, AWAY, MORNING)
    assert shown(found.starts) == ["Mon 09:00", "Mon 10:00", "Mon 11:00", "Mon 12:00"]
    assert list(found.hosts_by_start().values()) == [["h2"], ["h2"], ["h0", "h2"], ["h0"]]
    assert [day.hosts_free for day in found.days(NEW_YORK)] == [2]


def test_a_host_is_free_at_another_s_start_though_it_is_not_of_their_own_series() -> None:
    every_45 = replace(RULES, slot_interval=45 * MINUTE)
    found = pool(open_at((540, 660)), open_at((555, 660)), rules=every_45)
    texts = dict(zip(shown(found.starts), found.hosts_by_start().values(), strict=True))
    assert texts.pop("Mon 09:00") == ["h0"]
    assert texts == {text: ["h0", "h1"] for text in ("Mon 09:15", "Mon 09:45", "Mon 10:00", "Mon 10:30")}


def test_a_pool_of_nobody_has_no_start_on_any_day() -> None:
    found = pool()
    assert found.starts == []
    assert [(day.day, day.starts, day.hosts_free) for day in found.days(NEW_YORK)] == [(date(2026, 11, 23), [], 0)]


def test_days_without_a_start_are_there_too() -> None:
    nine, end = at(f"{MONDAY}T09:00"), at("2026-11-25T00:01")
    found = days([nine], NEW_YORK, START, end)
    assert found == [(date(2026, 11, 23), [nine]), (date(2026, 11, 24), []), (date(2026, 11, 25), [])]
