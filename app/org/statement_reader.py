"""A Reader over the compiled statements of one scope."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from app.clock import Clock
from app.org.errors import OrgError, OrgErrorCode, StatementRefused
from app.org.failures import SCHEMA_REFUSALS, UNEXPECTED
from app.org.queries import Answer, OrgQueries, Query
from app.org.reader import MAX_ASKS, Ask, Result
from app.org.record_filters import StatementScope
from app.org.rows import UnexpectedAnswer
from app.org.schema_refusals import SchemaRefusals
from app.org.statements import ME, CompiledStatement, Statements
from soql.binding import BindValue, bind
from soql.printer import to_text

_log = structlog.stdlib.get_logger(__name__)


class OrgsWithoutOptionalFields:
    """The orgs that have refused a statement with optional fields and taken it without them."""

    KEPT_FOR = timedelta(hours=1)
    """After this a whole statement is tried again: the org may have been upgraded."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._noted: dict[str, datetime] = {}

    def note(self, org_id: str) -> None:
        self._noted[org_id] = self._clock()

    def __contains__(self, org_id: str) -> bool:
        noted = self._noted.get(org_id)
        return noted is not None and self._clock() - noted < self.KEPT_FOR


class StatementReader:
    """Implements app.org.reader.Reader. me: the user id that `:me` stands for; None has no statement with `:me`."""

    def __init__(
        self,
        statements: Statements,
        queries: OrgQueries,
        scope: StatementScope,
        org_id: str,
        me: str | None,
        without_optional: OrgsWithoutOptionalFields,
        refusals: SchemaRefusals,
    ) -> None:
        self._statements = statements
        self._queries = queries
        self._scope = scope
        self._org_id = org_id
        self._me = me
        self._without_optional = without_optional
        self._refusals = refusals

    async def fetch(
        self,
        name: str,
        binds: Mapping[str, BindValue] | None = None,
        *,
        descending: bool = False,
        group_by: tuple[str, ...] = (),
    ) -> Result:
        async def run(queries: Sequence[Query]) -> list[Answer]:
            return [await self._queries.run(queries[0])]

        (result,) = await self._results((Ask(name, binds or {}, descending, group_by),), run)
        return result

    async def fetch_all(self, *asks: Ask) -> list[Result]:
        if not 1 <= len(asks) <= MAX_ASKS:
            raise StatementRefused(f"one call takes 1 to {MAX_ASKS} statements")
        for ask in asks:
            if self._statements.find(self._scope, ask).tooling:
                raise StatementRefused(f"{ask.name} is of the tooling API, which takes one query at a time")
        return await self._results(asks, self._queries.run_together)

    async def _results(
        self, asks: Sequence[Ask], run: Callable[[Sequence[Query]], Awaitable[list[Answer]]]
    ) -> list[Result]:
        names = [ask.name for ask in asks]
        whole = [self._statements.find(self._scope, ask) for ask in asks]
        reduced = [statement.reduced or statement for statement in whole]
        values = [self._values(statement, ask) for statement, ask in zip(whole, asks, strict=True)]
        statements = reduced if self._org_id in self._without_optional else whole
        try:
            try:
                answers = await run(_queries(statements, values))
            except OrgError as problem:
                if problem.salesforce_code != "INVALID_FIELD" or statements == reduced:
                    raise
                statements = reduced
                answers = await run(_queries(statements, values))
                self._without_optional.note(self._org_id)
        except OrgError as problem:
            if problem.salesforce_code in SCHEMA_REFUSALS:
                self._refusals.note(self._org_id, self._me, names, problem.message)
            self._tell(problem, asks)
            raise
        self._refusals.answered(self._org_id, self._me, names)
        return [_result(statement, answer) for statement, answer in zip(statements, answers, strict=True)]

    def _values(self, statement: CompiledStatement, ask: Ask) -> Mapping[str, BindValue]:
        if ME in ask.binds:
            raise StatementRefused(f"{ask.name}: :me is bound by the gateway alone")
        if not statement.needs_me:
            return ask.binds
        if self._me is None:
            raise StatementRefused(f"{ask.name} needs a caller who is a Salesforce user")
        return {**ask.binds, ME: self._me}

    def _tell(self, problem: OrgError, asks: Sequence[Ask]) -> None:
        if problem.code in {OrgErrorCode.INTERNAL, OrgErrorCode.FAILED}:
            # What this user may not see is everyday: most people may not read their own permission sets. What the org
            # itself lacks is found, and told, by the re-check of its schema.
            level = logging.INFO if problem.salesforce_code in SCHEMA_REFUSALS else logging.WARNING
            _log.log(
                level,
                "statement_failed",
                statements=tuple(ask.name for ask in asks),
                scope=self._scope.value,
                org_id=self._org_id,
                code=problem.code.value,
                salesforce_code=problem.salesforce_code,
            )


def _queries(statements: Sequence[CompiledStatement], values: Sequence[Mapping[str, BindValue]]) -> list[Query]:
    return [
        Query(to_text(bind(statement.select, bound)), statement.tooling, statement.children)
        for statement, bound in zip(statements, values, strict=True)
    ]


def _result(statement: CompiledStatement, answer: Answer) -> Result:
    try:
        return Result(tuple(map(statement.shape.row, answer.records)), answer.total)
    except UnexpectedAnswer as problem:
        _log.error("unexpected_answer", statement=statement.name, problem=str(problem))
    raise OrgError(OrgErrorCode.INTERNAL, UNEXPECTED)
