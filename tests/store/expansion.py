"""What a revision takes away from servers of the version before, which go on working while replicas are replaced.

A revision may only expand: tables, columns that need no value, indexes that refuse nothing. What it takes away it must
name in `contracts`, and an earlier revision, of an earlier release, must have named it in `unused`: the code of that
release did without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.engine import Inspector

from app.store.migrations import configuration

VERSION_TABLE = "alembic_version"
REVISIONS: Sequence[Script] = list(ScriptDirectory.from_config(configuration()).walk_revisions())[::-1]
"""Oldest first."""


def declared(revision: Script, name: str) -> frozenset[str]:
    """What a revision names in `unused` or in `contracts`: `table` or `table.column`."""
    return frozenset(getattr(revision.module, name, ()))


def unused_things() -> frozenset[str]:
    """What any revision has named in `unused`."""
    return frozenset[str]().union(*(declared(revision, "unused") for revision in REVISIONS))


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the database describes it. may_be_absent: an INSERT that does not name it works."""

    type: str
    nullable: bool
    may_be_absent: bool


@dataclass(frozen=True, slots=True)
class Table:
    """columns: by name. demands: what its rows must fulfil (keys, unique, check), each as a line to compare.
    holds: the tables whose rows cannot be deleted while one of this table refers to them."""

    columns: Mapping[str, Column]
    demands: frozenset[str]
    holds: frozenset[str]


def read_schema(connection: Connection) -> Mapping[str, Table]:
    """Every table of ours."""
    inspector = inspect(connection)
    return {name: _table(inspector, name) for name in inspector.get_table_names() if name != VERSION_TABLE}


def taken_away(before: Mapping[str, Table], after: Mapping[str, Table]) -> dict[str, str]:
    """What a server that knows the schema before would stumble over: `table` or `table.column`, and why."""
    found: dict[str, str] = {}
    for name, table in before.items():
        if name not in after:
            found[name] = "is gone"
            continue
        found |= {f"{name}.{column}": why for column, why in _changed_columns(table, after[name])}
        if more := after[name].demands - table.demands:
            found[name] = f"demands more: {', '.join(sorted(more))}"
    for name in after.keys() - before.keys():
        if held := after[name].holds & before.keys():
            found[name] = f"keeps rows from being deleted in {', '.join(sorted(held))}"
    return found


def _changed_columns(before: Table, after: Table) -> Iterator[tuple[str, str]]:
    for name, column in before.columns.items():
        now = after.columns.get(name)
        if now is None:
            yield name, "is gone"
        elif now.type != column.type:
            yield name, f"was {column.type} and is {now.type}"
        elif column.nullable and not now.nullable:
            yield name, "may not be null any more"
        elif column.may_be_absent and not now.may_be_absent:
            yield name, "has no default any more"
    for name in after.columns.keys() - before.columns.keys():
        if not after.columns[name].may_be_absent:
            yield name, "is new and must be given"


def _table(inspector: Inspector, name: str) -> Table:
    unique = [*inspector.get_unique_constraints(name), *(i for i in inspector.get_indexes(name) if i["unique"])]
    foreign = inspector.get_foreign_keys(name)
    return Table(
        columns={column["name"]: _column(dict(column)) for column in inspector.get_columns(name)},
        demands=frozenset(
            [
                f"primary key {inspector.get_pk_constraint(name)['constrained_columns']}",
                *(f"unique {each['column_names']}" for each in unique),
                *(f"check {each['sqltext']}" for each in inspector.get_check_constraints(name)),
                *(f"reference {each['constrained_columns']} to {each['referred_table']}" for each in foreign),
            ]
        ),
        holds=frozenset(
            each["referred_table"]
            for each in foreign
            if each.get("options", {}).get("ondelete") not in {"CASCADE", "SET NULL"}
        ),
    )


def _column(described: Mapping[str, Any]) -> Column:
    nullable = bool(described["nullable"])
    return Column(str(described["type"]), nullable, nullable or described["default"] is not None)
