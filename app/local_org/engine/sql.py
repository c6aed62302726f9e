"""The values of a SQL statement, each behind a named mark, so that parts can be put together in any order."""

from app.local_org.engine.storage import SqlValue


class Params:
    """Collects the values; `add` returns the mark that stands for one in the text."""

    def __init__(self) -> None:
        self.values: dict[str, SqlValue] = {}
        self._marks: dict[tuple[type, SqlValue], str] = {}

    def add(self, value: SqlValue) -> str:
        """The mark of a value; the same for the same value, so that equal expressions have equal text."""
        mark = self._marks.setdefault((type(value), value), f":v{len(self.values)}")
        self.values[mark[1:]] = value
        return mark
