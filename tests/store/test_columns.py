"""Times are stored as instants: naive ones are refused, and all come back in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import StatementError

from app.store.columns import UtcDateTime
from app.store.database import Database
from app.store.leases import Leases

NAIVE = datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001 (what is refused)


@pytest.mark.anyio
async def test_a_naive_time_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="names no instant"):
        await Leases(database, lambda: NAIVE).acquire("name", "owner", timedelta(seconds=1))


@pytest.mark.anyio
async def test_a_time_of_another_zone_is_the_same_instant(database: Database) -> None:
    kathmandu = timezone(timedelta(hours=5, minutes=45))
    local = datetime(2026, 11, 23, 14, 45, 0, 123456, tzinfo=kathmandu)
    leases = Leases(database, lambda: local)
    assert await leases.acquire("name", "one", timedelta(0))
    just_before = local.astimezone(UTC) - timedelta(microseconds=1)
    assert not await Leases(database, lambda: just_before).acquire("name", "two", timedelta(0))
    assert await Leases(database, lambda: local.astimezone(UTC)).acquire("name", "two", timedelta(0))


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 (bounds)
def test_every_instant_comes_back_in_utc(instant: datetime) -> None:
    column = UtcDateTime()
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        back = column.process_result_value(column.process_bind_param(instant, dialect), dialect)
        assert back is not None
        assert back == instant.astimezone(UTC)
        assert back.tzinfo is UTC
