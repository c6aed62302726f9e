"""Every statement for every scope that its file names: checked, filtered, translated and kept, before the first call.

A statement that breaks a rule stops the start, with its name. So a review of soql/queries, record_filters.py and the
snapshots under tests/org/snapshots is a review of all that the server can ask an org.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from app.org.errors import StatementRefused
from app.org.optional_fields import without_optional
from app.org.reader import Ask
from app.org.record_filters import ALL_ROWS, ORG_STATEMENTS, RULES, StatementScope
from app.org.rows import Shape
from app.org.schema_map import SchemaMap, SchemaMapError
from app.org.shapes import shape_of, with_aliases
from app.org.statement_access import check_access
from app.org.translate import Translation
from soql.ast import And, ChildQuery, Condition, DateLiteral, Not, Or, Select
from soql.binding import names
from soql.errors import SoqlError
from soql.parser import parse
from soql.plain import exotic
from soql.rules import check
from soql.statements import StatementFile
from soql.walk import binds_of, queries_of, values_of

ME = "me"
"""The bind that the gateway fills, and nobody else: the caller's user id."""


@dataclass(frozen=True, slots=True)
class CompiledStatement:
    """A statement ready to be bound: in API names, with its record filter.

    group_by, descending: the form that was asked for. binds: name → whether it may be left out; `me` is not among them.
    needs_me: the gateway binds the caller's user id. children: API names of the child relationships that it selects
    from, one inside another as `Links.Types`. uses, filters, groups: the (object, field) pairs of the schema map that
    it needs at all, compares or sorts by, and groups by. reduced: the same without its optional fields, for an org that
    lacks them; None if it has none.
    """

    name: str
    scope: StatementScope
    group_by: tuple[str, ...]
    descending: bool
    select: Select
    shape: Shape
    tooling: bool
    binds: Mapping[str, bool]
    needs_me: bool
    children: tuple[str, ...]
    uses: frozenset[tuple[str, str]]
    filters: frozenset[tuple[str, str]]
    groups: frozenset[tuple[str, str]]
    reduced: CompiledStatement | None = None


class Statements:
    """The compiled statements. Plain ones and each single variant are made at start, combinations on first use."""

    def __init__(self, files: Mapping[str, StatementFile], schema_map: SchemaMap) -> None:
        """Raises StatementRefused naming the statement, the scope and the rule that it breaks."""
        self._files = files
        self._map = schema_map
        self._compiled: dict[tuple[StatementScope, str, bool, tuple[str, ...]], CompiledStatement] = {}
        unknown = sorted(ORG_STATEMENTS - files.keys())
        if unknown:
            raise StatementRefused(f"{unknown[0]} is listed for the org connection, but there is no such statement")
        for _ in self.every():
            pass

    def every(self) -> Iterator[CompiledStatement]:
        """Each statement in each of its scopes: plain, with each of its groups alone, descending where it may be."""
        for name in sorted(self._files):
            file = self._files[name]
            forms = [Ask(name), *(Ask(name, group_by=(group,)) for group in file.groups)]
            if file.descending:
                forms.append(Ask(name, descending=True))
            for scope in sorted(StatementScope(text) for text in file.scopes):
                for ask in forms:
                    yield self.find(scope, ask)

    def find(self, scope: StatementScope, ask: Ask) -> CompiledStatement:
        """The statement that is asked for, compiled. Raises StatementRefused if it is not for that scope."""
        key = (scope, ask.name, ask.descending, tuple(ask.group_by))
        found = self._compiled.get(key)
        if found is None:
            file = self._files.get(ask.name)
            if file is None or scope not in file.scopes:
                raise StatementRefused(f"there is no statement {ask.name} for the scope {scope}")
            try:
                found = self._compile(file, scope, ask)
            except (StatementRefused, SchemaMapError, SoqlError) as problem:
                raise StatementRefused(f"{ask.name} for the scope {scope}: {problem}") from problem
            self._compiled[key] = found
        return found

    def _compile(self, file: StatementFile, scope: StatementScope, ask: Ask) -> CompiledStatement:
        _check_style(file.select)
        written = with_aliases(self._filtered(file.name, scope, _variant(file, ask)))
        whole = self._compiled_form(written, file.name, scope, ask, reduced=False)
        if without_optional(written, self._map) == written:
            return whole
        return replace(whole, reduced=self._compiled_form(written, file.name, scope, ask, reduced=True))

    def _compiled_form(
        self, written: Select, name: str, scope: StatementScope, ask: Ask, *, reduced: bool
    ) -> CompiledStatement:
        translation = Translation(self._map)
        select = translation.statement(without_optional(written, self._map) if reduced else written)
        check(select)
        self._check_comparisons(translation)
        if any(bind.name == ME and bind.optional for bind in binds_of(select)):
            raise StatementRefused(":me? may not be left out")
        binds = dict(names(select))
        needs_me = binds.pop(ME, None) is not None
        if needs_me and scope is StatementScope.ORG:
            raise StatementRefused("the org connection has no :me")
        return CompiledStatement(
            name=name,
            scope=scope,
            group_by=tuple(ask.group_by),
            descending=ask.descending,
            select=select,
            shape=shape_of(written, self._map, without_optional=reduced),
            tooling=self._map.object(written.from_).tooling,
            binds=binds,
            needs_me=needs_me,
            children=tuple(_child_paths(select)),
            uses=frozenset(translation.uses),
            filters=frozenset(translation.filters),
            groups=frozenset(translation.groups),
        )

    def _check_comparisons(self, translation: Translation) -> None:
        for object_name, field_name in sorted(translation.filters | translation.groups | translation.aggregated):
            field = self._map.field(object_name, field_name)
            if not field.filterable:
                raise StatementRefused(f"{object_name}.{field_name} is long text, which SOQL cannot compare")
            if field.optional:
                raise StatementRefused(f"{object_name}.{field_name} is optional, so it may only be selected")

    def _filtered(self, name: str, scope: StatementScope, select: Select) -> Select:
        """The statement with the scope's filter in front of its own conditions."""
        if scope is StatementScope.ORG:
            if name not in ORG_STATEMENTS:
                raise StatementRefused("it is not listed in ORG_STATEMENTS")
            return select
        rules = RULES[scope]
        check_access(select, rules, self._map)
        condition = record_filter(select.from_, rules.objects[select.from_])
        return select if condition is None else replace(select, where=_and(condition, select.where))


def record_filter(object_name: str, text: str) -> Condition | None:
    """The filter's condition, None for all rows. Raises StatementRefused for one that is not AND terms alone."""
    if text == ALL_ROWS:
        return None
    condition = parse(f"SELECT Id FROM {object_name} WHERE {text}", binds=True).where  # noqa: S608  our own text
    if condition is None or any(isinstance(term, Or | Not) for term in _terms(condition)):
        raise StatementRefused(f"the filter of {object_name} must be AND terms alone")
    return condition


def _variant(file: StatementFile, ask: Ask) -> Select:
    if ask.descending and ask.group_by:
        raise StatementRefused("it is asked for grouped and descending at once")
    if unknown := sorted(set(ask.group_by) - set(file.groups)):
        raise StatementRefused(f"it has no group {unknown[0]!r}")
    if ask.group_by:
        return file.grouped(ask.group_by)
    return file.reversed() if ask.descending else file.select


def _check_style(select: Select) -> None:
    """What SOQL has and our statements do not use: its days are those of the running user's zone, and
    what OFFSET skips moves while pages are read. Nor do they use what the record filters would have to understand."""
    if construct := next(exotic(select), None):
        raise StatementRefused(f"{construct}, which statements do not use")
    for query in queries_of(select):
        if query.offset is not None:
            raise StatementRefused("OFFSET; a further page begins where the last one ended, by the sort keys")
        for value in (*values_of(query.where), *values_of(query.having)):
            if isinstance(value, DateLiteral):
                raise StatementRefused(f"the date literal {value.name}; bounds are explicit instants in UTC")


def _child_paths(select: Select, above: str = "") -> Iterator[str]:
    for item in select.items:
        if isinstance(item, ChildQuery):
            path = f"{above}{item.query.from_}"
            yield path
            yield from _child_paths(item.query, f"{path}.")


def _terms(condition: Condition) -> tuple[Condition, ...]:
    return condition.terms if isinstance(condition, And) else (condition,)


def _and(first: Condition, second: Condition | None) -> Condition:
    """One flat AND: a semi-join stands at the top level, where SOQL takes it."""
    return And((*_terms(first), *_terms(second))) if second is not None else first
