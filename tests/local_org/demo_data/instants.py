"""Any second of seventeen years, leap days and clock changes among them."""

from datetime import UTC, datetime

from hypothesis import strategies as st


def _seconds(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


INSTANTS = st.integers(_seconds(2024), _seconds(2041)).map(lambda second: datetime.fromtimestamp(second, UTC))
