"""`scripts/bench scheduling` measures the same free time twice and prints a ratio; no time is asserted."""

import sys

import pytest

from app.scheduling.intervals import merged, subtracted
from scripts.benchmarks import scheduling


def test_the_floor_subtracts_what_the_engine_would_without_any_other_rule() -> None:
    pairs = scheduling.pairs_of(scheduling.workload(members=4, busy=30, days=9, shuffled=True))
    expected = [subtracted(open_, merged(busy)) for open_, busy in pairs]
    assert scheduling.floor(pairs) == expected
    assert len(pairs) == 4
    assert all(expected)


def test_the_whole_preview_answers_for_every_member_and_day() -> None:
    found, days = scheduling.preview(scheduling.workload(members=60, busy=30, days=9, shuffled=False))
    assert {host.reason for host in found} == {None, "product_access", "paused", "busy"}
    assert len(days) == 9
    assert max(day.hosts_free for day in days) > 40


def test_it_prints_a_ratio(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["scheduling", "--members", "3", "--busy", "5", "--days", "2", "--rounds", "1"])
    with pytest.raises(SystemExit):
        scheduling.main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("busy time   sorted: floor")
    assert lines[-1].startswith("ratio: ")
