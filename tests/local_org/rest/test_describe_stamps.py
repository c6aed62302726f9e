"""Last-Modified of describes."""

from datetime import UTC, datetime, timedelta

from app.local_org.rest.describe_stamps import DescribeStamps


def test_a_describe_dates_from_the_start_until_what_this_user_is_told_changes() -> None:
    now = [datetime(2026, 11, 23, 15, 30, 0, 400_000, tzinfo=UTC)]
    stamps = DescribeStamps(lambda: now[0])
    start = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
    now[0] += timedelta(minutes=5)
    assert stamps.last_modified("rep", "Account", {"fields": [1]}) == start
    assert stamps.last_modified("admin", "Account", {"fields": [1, 2]}) == start
    assert stamps.last_modified("rep", "Account", {"fields": []}) == start + timedelta(minutes=5)
    assert stamps.last_modified("rep", "Account", {"fields": []}) == start + timedelta(minutes=5)
    assert stamps.last_modified("admin", "Account", {"fields": [1, 2]}) == start
