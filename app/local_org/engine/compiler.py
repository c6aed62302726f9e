"""A syntax tree to a plan: parameterised SQL, and the shape of the answer. Values never become text of the SQL."""

from __future__ import annotations

from functools import partial

from app.local_org.engine import scopes, selectivity, soql_errors, values
from app.local_org.engine.aggregates import aggregate_plan, is_aggregate_query
from app.local_org.engine.conditions import Conditions, Resolve
from app.local_org.engine.expressions import Typed, typed
from app.local_org.engine.ordering import ordered_sql
from app.local_org.engine.plans import PARENTS, ChildPlan, CountPlan, Plan, RowsPlan
from app.local_org.engine.scope import Scope, Statement
from app.local_org.engine.select_list import SelectList
from app.local_org.engine.storage import quoted
from app.local_org.engine.unexecuted import refuse_unexecuted
from app.local_org.errors import ApiError
from app.local_org.schema.model import Field, FieldType
from soql.ast import Bind, ChildQuery, FieldPath, Function, OrderBy, Select, SelectItem

MAX_OFFSET = 2000


def compiled(statement: Statement, select: Select) -> Plan:
    """The plan of a whole statement. Raises ApiError as SOQL would, Unsupported for what the local org lacks."""
    refuse_unexecuted(statement, select)
    found = statement.object(select.from_, select.from_position)
    scope = statement.new_scope(found, select)
    if _is_count(select):
        return CountPlan(f"SELECT COUNT(*) FROM (SELECT 1{_tail(scope, select, Compiler(statement))})")  # noqa: S608
    compiler = Compiler(statement)
    if is_aggregate_query(select):
        return aggregate_plan(scope, select, compiler)
    return compiler.rows(scope, select, None)


def _is_count(select: Select) -> bool:
    item = select.items[0]
    return isinstance(item, SelectItem) and item.expression == Function("COUNT", None) and len(select.items) == 1


def limit_sql(select: Select) -> str:
    """LIMIT and OFFSET as SQL; both are whole numbers of the tree, never text."""
    limit, offset = select.limit, select.offset
    if isinstance(limit, Bind) or isinstance(offset, Bind):
        raise ApiError(400, "MALFORMED_QUERY", "Bind variables only allowed in Apex code")
    if offset is not None and offset > MAX_OFFSET:
        message = f"SOQL offset expression exceeds the maximum of {MAX_OFFSET}"
        raise ApiError(400, "NUMBER_OUTSIDE_VALID_RANGE", message)
    if limit is None and offset is None:
        return ""
    return f" LIMIT {-1 if limit is None else int(limit)} OFFSET {int(offset or 0)}"


def _tail(scope: Scope, select: Select, compiler: Compiler) -> str:
    where = compiler.where(scope, select)
    return f" FROM {scope.statement.source(scope.object)} {scope.alias}{_joins(scope)}{where}{limit_sql(select)}"


def _joins(scope: Scope) -> str:
    return "".join(f" {join}" for join in scope.joins)


class Compiler:
    """Compiles the record queries of one statement, child subqueries and semi-joins included."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement

    def conditions(self, scope: Scope, *, probing: bool = False) -> Conditions:
        return Conditions(scope, partial(self._semi_join, probing=probing))

    def having(self, scope: Scope, select: Select, resolve: Resolve) -> str:
        """HAVING as SQL; `resolve` gives the SQL of a group or an aggregate."""
        if select.having is None:
            return ""
        return Conditions(scope, partial(self._semi_join, probing=False), having=True, resolve=resolve).sql(
            select.having
        )

    def where(self, scope: Scope, select: Select, extra: str | None = None) -> str:
        terms = scope.where_visible()
        if extra is not None:
            terms.insert(0, extra)
        if select.scope is not None:
            terms += scopes.conditions(scope, select)
        if select.where is not None:
            probing = selectivity.narrows(scope.object, select.where)
            terms.append(self.conditions(scope, probing=probing).sql(select.where))
        return f" WHERE {' AND '.join(terms)}" if terms else ""

    def limit(self, select: Select) -> str:
        return limit_sql(select)

    # ------------------------------------------------------------ records

    def rows(self, scope: Scope, select: Select, lookup: Field | None) -> RowsPlan:
        """The plan of a query for records; `lookup` is the child's field when it is a child subquery."""
        statement = self._statement
        listed = SelectList(scope)
        columns = listed.columns
        children: dict[str, ChildPlan] = {}
        order: list[str] = []
        for item in select.items:
            if isinstance(item, ChildQuery):
                child = self._child(scope, item)
                if child.name in children:
                    message = f"duplicate relationship selected: {child.name}"
                    raise statement.refuse(item.query.from_position, "MALFORMED_QUERY", message)
                children[child.name] = child
                names = [child.name]
            else:
                names = listed.add(item)
            order += [name for name in names if name not in order]
        restricted = None
        if lookup is not None:
            parent = f"{scope.alias}.{quoted(lookup.name)}"
            restricted = f"{parent} IN (SELECT value FROM json_each(:{PARENTS}))"  # noqa: S608
            columns.append(parent)
        where = self.where(scope, select, restricted)
        ordered = self._order_by(scope, select.order_by)
        source = f"{statement.source(scope.object)} {scope.alias}{_joins(scope)}"
        limit = limit_sql(select)
        if lookup is None or not limit:
            sql = f"SELECT {', '.join(columns)} FROM {source}{where}{ordered}{limit}"  # noqa: S608
        else:
            sql = self._limited_per_parent(columns, source + where, ordered, select)
        return RowsPlan(sql, listed.shape, tuple(children.values()), tuple(order))

    def _limited_per_parent(self, columns: list[str], source: str, ordered: str, select: Select) -> str:
        """LIMIT and OFFSET of a child subquery hold for each parent."""
        named = ", ".join(f"{column} AS c{index}" for index, column in enumerate(columns))
        outer = ", ".join(f"c{index}" for index in range(len(columns)))
        first = select.offset if isinstance(select.offset, int) else 0
        last = f" AND n <= {first + select.limit}" if isinstance(select.limit, int) else ""
        window = f"row_number() OVER (PARTITION BY {columns[-1]}{ordered}) AS n"
        return f"SELECT {outer} FROM (SELECT {named}, {window} FROM {source}) WHERE n > {first}{last} ORDER BY n"  # noqa: S608

    # ------------------------------------------------------------ queries inside

    def _child(self, outer: Scope, item: ChildQuery) -> ChildPlan:
        statement, query = self._statement, item.query
        # `FROM Account.Contacts` and `FROM a.Contacts` name the parent in front.
        relationship = outer.object.child(".".join(outer.without_alias(FieldPath(tuple(query.from_.split("."))))))
        found = None if relationship is None else statement.names.object(relationship.child)
        lookup = None if found is None or relationship is None else found.field(relationship.field)
        rights = statement.actor.rights
        if (
            relationship is None
            or found is None
            or lookup is None
            or not rights.can(found.name, "read")
            or not rights.can_read_field(found.name, lookup.name)
        ):
            message = soql_errors.no_such_child(query.from_)
            raise statement.refuse(query.from_position, "INVALID_TYPE", message)
        if is_aggregate_query(query):
            raise statement.refuse(query.position, "MALFORMED_QUERY", "A child query cannot aggregate")
        return ChildPlan(relationship.name, self.rows(statement.new_scope(found, query), query, lookup))

    def _semi_join(self, query: Select, left: Typed, negated: bool, *, probing: bool) -> str:
        """The semi-join; probing: the outer query has few rows by another condition, so each is looked up.

        Otherwise the subquery's rows lead to the outer ones. An anti-join leads nowhere, so it always looks up.
        """
        statement = self._statement
        found = statement.object(query.from_, query.from_position)
        scope = statement.new_scope(found, query)
        item = query.items[0]
        if len(query.items) != 1 or not isinstance(item, SelectItem) or not isinstance(item.expression, FieldPath):
            message = "semi join sub-selects can only query id fields"
            raise statement.refuse(query.position, "MALFORMED_QUERY", message)
        selected = typed(scope, item.expression)
        if selected.column is None or selected.type not in values.IDS:
            message = f"semi join sub-selects can only query id fields, cannot use: '{selected.name}'"
            raise statement.refuse(item.expression.position, "MALFORMED_QUERY", message)
        if not _targets(left) & _targets(selected):
            message = (
                f"The selected field '{selected.name}' in the subquery and the left operand field in the where "
                f"expression in the outer query '{left.name}' should point to the same object type"
            )
            raise statement.refuse(item.expression.position, "MALFORMED_QUERY", message)
        probing = probing or negated
        where = self.where(scope, query, f"{selected.sql} {f'= {left.sql}' if probing else 'IS NOT NULL'}")
        column = "1" if probing else selected.sql
        inner = f"SELECT {column} FROM {statement.source(found)} {scope.alias}{_joins(scope)}{where}"  # noqa: S608
        if probing:
            return f"{'NOT ' if negated else ''}EXISTS ({inner})"
        return f"{left.sql} IN ({inner})"

    # ------------------------------------------------------------ order

    def _order_by(self, scope: Scope, order_by: tuple[OrderBy, ...]) -> str:
        if not order_by:
            return ""
        return " ORDER BY " + ", ".join(self._ordered(scope, order) for order in order_by)

    def _ordered(self, scope: Scope, order: OrderBy) -> str:
        found = typed(scope, order.expression)
        if found.field is not None and not found.field.sortable:
            message = f"field '{found.name}' can not be sorted in a query call"
            raise self._statement.refuse(order.expression.position, "MALFORMED_QUERY", message)
        return ordered_sql(found, order, self._statement.params)


def _targets(found: Typed) -> set[str]:
    """The objects that an id may be of: a reference's targets, or the object that an Id field belongs to."""
    if found.field is not None and found.type is FieldType.REFERENCE:
        return set(found.field.reference_to)
    return set() if found.column is None else {found.column.entity}
