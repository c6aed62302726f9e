"""From the grammar's rules to the tree: one method for each rule of grammar.lark, called as the parser reduces it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from lark import Token, Transformer

from soql.ast import (
    And,
    Bind,
    ChildQuery,
    Comparison,
    Condition,
    DataCategory,
    Distance,
    Expression,
    FieldPath,
    Fields,
    FieldSet,
    FromAlias,
    Function,
    Geolocation,
    GroupMode,
    Includes,
    InQuery,
    InValues,
    Mode,
    Not,
    Operator,
    Option,
    Or,
    OrderBy,
    Pattern,
    Position,
    Select,
    SelectItem,
    TypeOf,
    TypeOfBranch,
    Value,
    With,
)
from soql.errors import SoqlRuleError, SoqlSyntaxError
from soql.functions import CANONICAL, DISTANCE
from soql.literals import bind_of, pattern_of, position_of, string_of, value_of

Children = list[Any]
"""What lark hands over: tokens, and the results of the rules inside."""


class TreeBuilder(Transformer[Token, Select]):
    """Stateless, so one instance serves every parse."""

    def start(self, children: Children) -> Select:
        return children[0]

    def select(self, children: Children) -> Select:
        keyword, *items, from_, where, with_, (mode, group, having), order, limit, offset, options = children
        name, alias, also_from, scope = from_
        return Select(
            items=tuple(items),
            from_=str(name),
            alias=alias and str(alias),
            where=where,
            group_by=group,
            having=having,
            order_by=order,
            limit=limit,
            offset=offset,
            position=position_of(keyword),
            from_position=position_of(name),
            also_from=also_from,
            scope=scope and scope.split()[-1].lower(),
            with_=with_,
            group_mode=mode,
            options=options,
        )

    def item(self, children: Children) -> SelectItem:
        expression, alias = children
        return SelectItem(expression, alias and str(alias))

    def child(self, children: Children) -> ChildQuery:
        return ChildQuery(children[1])

    def fields(self, children: Children) -> Fields:
        token: Token = children[0]
        kind = token.rstrip(") \t\r\n\f").rpartition("(")[2].strip().upper()
        return Fields(FieldSet(kind), position_of(token))

    def typeof(self, children: Children) -> TypeOf:
        keyword, relationship, *branches, otherwise = children
        return TypeOf(self.path([relationship]), tuple(branches), otherwise or (), position_of(keyword))

    def when_(self, children: Children) -> TypeOfBranch:
        token, fields = children
        return TypeOfBranch(str(token), fields, position_of(token))

    def else_(self, children: Children) -> tuple[FieldPath, ...]:
        return children[0]

    def paths(self, children: Children) -> tuple[FieldPath, ...]:
        return tuple(children)

    def from_(self, children: Children) -> tuple[Token, Token | None, tuple[FromAlias, ...], Token | None]:
        name, alias, also_from, scope = children
        return name, alias, also_from, scope

    def also_from(self, children: Children) -> tuple[FromAlias, ...]:
        return tuple(children)

    def from_alias(self, children: Children) -> FromAlias:
        token, alias = children
        return FromAlias(self.path([token]), alias and str(alias))

    def with_(self, children: Children) -> With | None:
        if not children:
            return None
        token, *rest = children
        position = position_of(token)
        if token.type == "X_WITH_MODE":
            return With(mode=Mode(token.split()[-1].upper()), position=position)
        if token.type == "X_WITH_CATEGORY":
            return With(categories=tuple(rest), position=position)
        return With(visibility=tuple(rest[1:]), position=position)

    def category(self, children: Children) -> DataCategory:
        group, selector, *categories = children
        named = tuple(str(token) for token in categories if token.type != "LPAR")
        return DataCategory(str(group), selector.upper(), named)

    def visible(self, children: Children) -> tuple[str, Value]:
        name, operator, value = children
        if operator != "=":
            raise _expected(operator, "'='")
        return str(name), value

    def where(self, children: Children) -> Condition | None:
        return children[0] if children else None

    having = where

    def group(self, children: Children) -> tuple[GroupMode, tuple[Expression, ...], Condition | None]:
        if not children:
            return GroupMode.PLAIN, (), None
        *expressions, having = children
        if isinstance(expressions[0], tuple):
            mode, rolled_up = cast("tuple[GroupMode, tuple[Expression, ...]]", expressions[0])
            return mode, rolled_up, having
        return GroupMode.PLAIN, tuple(expressions), having

    def rolled_up(self, children: Children) -> tuple[GroupMode, tuple[Expression, ...]]:
        keyword, _paren, *expressions = children
        return GroupMode(keyword.upper()), tuple(expressions)

    def options(self, children: Children) -> tuple[Option, ...]:
        return tuple(Option(" ".join(token.upper().split())) for token in children)

    def order(self, children: Children) -> tuple[OrderBy, ...]:
        return tuple(children)

    def order_item(self, children: Children) -> OrderBy:
        expression, direction, nulls = children
        first = None if nulls is None else nulls.lower().endswith("first")
        return OrderBy(expression, direction is not None and direction.lower() == "desc", first)

    def limit(self, children: Children) -> int | Bind | None:
        if not children:
            return None
        token: Token = children[0]
        return bind_of(token) if token.type == "BIND" else int(token)

    offset = limit

    def path(self, children: Children) -> FieldPath:
        token: Token = children[0]
        return FieldPath(tuple(token.split(".")), position_of(token))

    def function(self, children: Children) -> Function:
        token, argument = children
        name = CANONICAL[token.rstrip("( \t\r\n\f").lower()]
        return Function(name, argument, position_of(token))

    def distance(self, children: Children) -> Function:
        keyword, first, second, unit = children
        if isinstance(first, Geolocation):
            first, second = second, first
        if not isinstance(first, FieldPath):
            raise _expected(keyword, "a field", "GEOLOCATION")
        return Function(DISTANCE, first, position_of(keyword), Distance(second, string_of(unit)))

    def geolocation(self, children: Children) -> Geolocation:
        latitude, longitude = children
        return Geolocation(Decimal(str(latitude)), Decimal(str(longitude)))

    def and_(self, children: Children) -> And:
        return And(tuple(children))

    def or_(self, children: Children) -> Or:
        return Or(tuple(children))

    def not_(self, children: Children) -> Not:
        return Not(children[0])

    def group_of(self, children: Children) -> Condition:
        paren, condition = children
        terms = condition.terms if isinstance(condition, And | Or) else (condition,)
        if any(isinstance(term, InQuery) for term in terms):
            # The tree forgets parentheses that change nothing, so this rule cannot wait for soql.rules.
            message = "Semi join sub-selects are not allowed in parentheses"
            raise SoqlRuleError("MALFORMED_QUERY", message, position_of(paren))
        return condition

    def compare(self, children: Children) -> Comparison:
        left, operator, value = children
        return Comparison(left, Operator("!=" if operator == "<>" else str(operator)), value)

    def like(self, children: Children) -> Comparison:
        left, token = children
        value: Pattern | Bind = bind_of(token) if token.type == "BIND" else pattern_of(token)
        return Comparison(left, Operator.LIKE, value)

    def in_(self, children: Children) -> bool:
        token: Token = children[0]
        return token.type == "NOT_IN"

    def in_values(self, children: Children) -> InValues:
        left, negated, values = children
        return InValues(left, bind_of(values) if isinstance(values, Token) else values, negated)

    def in_query(self, children: Children) -> InQuery:
        left, negated, _paren, query = children
        return InQuery(_field(left), query, negated)

    def includes(self, children: Children) -> Includes:
        left, word, values = children
        return Includes(
            _field(left), bind_of(values) if isinstance(values, Token) else values, word.lower() == "excludes"
        )

    def values(self, children: Children) -> tuple[Value, ...]:
        return tuple(children[1:])

    strings = values

    def value(self, children: Children) -> Value:
        return value_of(children[0])

    string = value


def _field(left: Expression) -> FieldPath:
    if isinstance(left, FieldPath):
        return left
    position: Position = left.position
    message = f"row {position.row}, column {position.column}: found {left.name}(), expected a field"
    raise SoqlSyntaxError(message, position, left.name, ("a field",))


def _expected(token: Token, expected: str, found: str | None = None) -> SoqlSyntaxError:
    position = position_of(token)
    message = f"row {position.row}, column {position.column}: found {found or token}, expected {expected}"
    return SoqlSyntaxError(message, position, found or str(token), (expected,))
