"""SOQL text in, REST body out: parse, check, compile, run, shape, page."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from app.local_org.engine import explain, soql_errors
from app.local_org.engine.aggregates import MAX_ROWS
from app.local_org.engine.compiler import compiled
from app.local_org.engine.cursors import Cursor, Cursors
from app.local_org.engine.names import Names
from app.local_org.engine.permits import Actor
from app.local_org.engine.plans import PARENTS, AggregatePlan, ChildPlan, CountPlan, RowsPlan
from app.local_org.engine.scope import Statement
from app.local_org.engine.shape import ROOT, Record, Row
from app.local_org.engine.sql import Params
from app.local_org.engine.storage import Storage
from app.local_org.engine.virtual import Sources
from app.local_org.errors import ApiError, Unsupported
from soql import rules
from soql.ast import NOWHERE, Select
from soql.errors import SoqlError, SoqlSyntaxError
from soql.parser import parse

_SQLITE_LIMITS = ("tables in a join", "Expression tree is too large", "too many SQL variables", "parser stack")

Body = dict[str, Any]

AskedSources = Callable[[Actor, Select], Sources]
"""The rows of an object that depend on what a statement asks for, as UserRecordAccess's do."""

MIN_BATCH = 200
MAX_BATCH = 2000
MAX_CHILDREN = 2000
"""Rows of one child list. A real org pages longer ones; here they are refused, loudly."""


@lru_cache(maxsize=512)
def _parsed(text: str) -> Select:
    select = parse(text)
    rules.check(select)
    return select


def _understood(text: str) -> Select:
    try:
        return _parsed(text)
    except SoqlSyntaxError as error:
        is_bind = error.found[:1] == ":" and error.found[1:2].isalpha()
        message = "Bind variables only allowed in Apex code" if is_bind else f"unexpected token: '{error.found}'"
        raise soql_errors.refusal(text, error.position, "MALFORMED_QUERY", message) from error
    except SoqlError as error:
        # forcedotcom/cli #1356 shows this one without a caret.
        position = NOWHERE if error.message.startswith("Field must be grouped or aggregated") else error.position
        raise soql_errors.refusal(text, position, error.code, error.message) from error


class Queries:
    """Runs statements over one schema: the org's, or the Tooling API's."""

    def __init__(
        self, storage: Storage, names: Names, sources: Sources, cursors: Cursors, asked: AskedSources | None = None
    ) -> None:
        self._storage = storage
        self._names = names
        self._sources = sources
        self._cursors = cursors
        self._asked = asked

    def query(self, actor: Actor, text: str, *, batch_size: int = MAX_BATCH, all_rows: bool = False) -> Body:
        """The body of /query (or /queryAll). Raises ApiError."""
        select = _understood(text)
        sources = self._sources if self._asked is None else {**self._sources, **self._asked(actor, select)}
        statement = Statement(text, self._names, actor, sources, Params(), all_rows)
        plan = compiled(statement, select)
        with self._storage.reading():
            rows = self._fetched(plan.sql, statement.params.values)
            if isinstance(plan, CountPlan):
                return {"totalSize": rows[0][0], "done": True, "records": []}
            if isinstance(plan, AggregatePlan):
                return _aggregate_body(plan, rows)
            size = min(max(batch_size, MIN_BATCH), MAX_BATCH)
            cursor = Cursor(actor.user_id, statement, plan, rows, size, actor.now)
            locator = self._cursors.keep(cursor) if len(rows) > size else ""
            return self._page(cursor, locator, 0)

    def query_more(self, actor: Actor, locator: str) -> Body:
        """The page that a locator names. Raises INVALID_QUERY_LOCATOR.

        Rows stay as they were read while what the actor may do stays so too. Once that has changed the statement is
        read anew, so that what he lost is gone from the pages that he has not read. DECIDED: no source says what an
        org does then, and this way it shows nothing that he may not see.
        """
        locator_id, cursor, offset = self._cursors.find(locator, actor.user_id, actor.now)
        before = cursor.statement.actor
        with self._storage.reading():
            if (before.rights, before.standing) != (actor.rights, actor.standing):
                cursor = self._reread(cursor, actor)
            return self._page(cursor, locator_id, offset)

    def _reread(self, cursor: Cursor, actor: Actor) -> Cursor:
        old = cursor.statement
        statement = Statement(old.text, self._names, actor, old.sources, Params(), old.all_rows)
        plan = compiled(statement, _understood(old.text))
        if not isinstance(plan, RowsPlan):
            raise TypeError(f"a cursor of a {type(plan).__name__}")
        return replace(cursor, statement=statement, plan=plan, rows=self._fetched(plan.sql, statement.params.values))

    def explain(self, actor: Actor, text: str) -> list[str]:
        """The steps of SQLite's plan for a statement; see engine.explain. Raises ApiError as query does."""
        statement = Statement(text, self._names, actor, self._sources, Params())
        plan = compiled(statement, _understood(text))
        return list(explain.steps(self._storage.connection(), plan, statement.params.values))

    # ------------------------------------------------------------ running

    def _fetched(self, sql: str, params: dict[str, Any]) -> list[Row]:
        try:
            return self._storage.connection().execute(sql, params).fetchall()
        except sqlite3.OperationalError as error:
            if any(limit in str(error) for limit in _SQLITE_LIMITS):
                raise ApiError(400, "QUERY_TOO_COMPLICATED", f"Query is too complicated: {error}") from error
            raise

    def _page(self, cursor: Cursor, locator: str, offset: int) -> Body:
        rows = cursor.rows[offset : offset + cursor.batch_size]
        after = offset + len(rows)
        done = after >= len(cursor.rows)
        body: Body = {"totalSize": len(cursor.rows), "done": done}
        if not done:
            body["nextRecordsUrl"] = f"{ROOT}/query/{locator}-{after}"
        body["records"] = self._records(cursor.statement, cursor.plan, rows)
        return body

    def _records(self, statement: Statement, plan: RowsPlan, rows: Sequence[Row]) -> list[Record]:
        records = [record for row in rows if (record := plan.shape.record(row)) is not None]
        if not plan.children:
            return records
        parent_ids = [str(row[0]) for row in rows]
        lists = {child.name: self._child_lists(statement, child, parent_ids) for child in plan.children}
        merged: list[Record] = []
        for parent_id, record in zip(parent_ids, records, strict=True):
            whole: Record = {"attributes": record["attributes"]}
            for name in plan.order:
                whole[name] = lists[name].get(parent_id) if name in lists else record[name]
            merged.append(whole)
        return merged

    def _child_lists(self, statement: Statement, child: ChildPlan, parent_ids: Sequence[str]) -> dict[str, Body]:
        """The child lists of a page of parents, by parent id; a parent without children has none."""
        if not parent_ids:
            return {}
        rows = self._fetched(child.rows.sql, {**statement.params.values, PARENTS: json.dumps(parent_ids)})
        lists: dict[str, Body] = {}
        for row, record in zip(rows, self._records(statement, child.rows, rows), strict=True):
            body = lists.setdefault(str(row[-1]), {"totalSize": 0, "done": True, "records": []})
            body["records"].append(record)
            body["totalSize"] += 1
        longest = max((body["totalSize"] for body in lists.values()), default=0)
        if longest > MAX_CHILDREN:
            raise Unsupported(f"more than {MAX_CHILDREN} rows in one child list ({child.name} has {longest})")
        return lists


def _aggregate_body(plan: AggregatePlan, rows: Sequence[Row]) -> Body:
    if len(rows) > MAX_ROWS:
        message = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
        raise ApiError(400, "EXCEEDED_ID_LIMIT", message)
    records: list[Record] = []
    for row in rows:
        record: Record = {"attributes": {"type": "AggregateResult"}}
        for (name, convert), value in zip(plan.outputs, row, strict=True):
            record[name] = convert(value)
        records.append(record)
    return {"totalSize": len(rows), "done": True, "records": records}
