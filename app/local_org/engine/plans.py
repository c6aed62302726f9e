"""A statement compiled: its SQL, and how the rows become records. One class for each kind of answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.local_org.engine.shape import RecordShape


@dataclass(frozen=True, slots=True)
class CountPlan:
    """`SELECT COUNT() FROM T`: one number, which becomes totalSize."""

    sql: str


@dataclass(frozen=True, slots=True)
class AggregatePlan:
    """Aggregate rows: the names of the values, in order, and how each is printed."""

    sql: str
    outputs: tuple[tuple[str, Callable[[Any], Any]], ...]


@dataclass(frozen=True, slots=True)
class ChildPlan:
    """A child subquery, run once for a page of parents: their ids are the parameter `parents`, as a JSON array.

    The child's row ends with the parent's id.
    """

    name: str
    rows: RowsPlan


@dataclass(frozen=True, slots=True)
class RowsPlan:
    """Records: each row begins with the record's id; children are read by page."""

    sql: str
    shape: RecordShape
    children: tuple[ChildPlan, ...]
    order: tuple[str, ...]
    """All names of a record in the order of the SELECT, child lists among them."""


Plan = CountPlan | AggregatePlan | RowsPlan

PARENTS = "parents"
