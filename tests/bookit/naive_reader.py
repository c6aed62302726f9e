"""A Reader over rows in memory, for rules that need no org: it answers what it was given, and counts the asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import anyio

from app.org.reader import Ask, Result, Row
from soql.binding import BindValue


@dataclass
class NaiveReader:
    answer: Callable[[Ask], tuple[Row, ...]]
    asks: list[Ask] = field(default_factory=list[Ask])

    async def fetch(
        self,
        name: str,
        binds: Mapping[str, BindValue] | None = None,
        *,
        descending: bool = False,
        group_by: tuple[str, ...] = (),
    ) -> Result:
        ask = Ask(name, binds or {}, descending, group_by)
        self.asks.append(ask)
        await anyio.lowlevel.checkpoint()
        rows = self.answer(ask)
        return Result(rows, len(rows))

    async def fetch_all(self, *asks: Ask) -> list[Result]:
        return [await self.fetch(a.name, a.binds, descending=a.descending, group_by=a.group_by) for a in asks]
