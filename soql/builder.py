"""From the grammar's rules to the tree: one method for each rule of grammar.lark, called as the parser reduces it."""

from __future__ import annotations

from typing import Any

from lark import Token, Transformer

from soql.ast import (
    And,
    Bind,
    ChildQuery,
    Comparison,
    Condition,
    Expression,
    FieldPath,
    Function,
    Includes,
    InQuery,
    InValues,
    Not,
    Operator,
    Or,
    OrderBy,
    Pattern,
    Position,
    Select,
    SelectItem,
    Value,
)
from soql.errors import SoqlRuleError, SoqlSyntaxError
from soql.functions import CANONICAL
from soql.literals import bind_of, pattern_of, position_of, value_of
from soql.unsupported import refuse

Children = list[Any]
"""What lark hands over: tokens, and the results of the rules inside."""


class TreeBuilder(Transformer[Token, Select]):
    """Stateless, so one instance serves every parse."""

    def start(self, children: Children) -> Select:
        return children[0]

    def select(self, children: Children) -> Select:
        keyword, *items, from_, where, _with, (group, having), order, limit, offset, _tail = children
        name, alias = from_
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
        )

    def item(self, children: Children) -> SelectItem:
        expression, alias = children
        return SelectItem(expression, alias and str(alias))

    def child(self, children: Children) -> ChildQuery:
        return ChildQuery(children[1])

    def from_(self, children: Children) -> tuple[Token, Token | None]:
        return children[0], children[1]

    def other_objects(self, children: Children) -> None:
        if children:
            refuse("FROM with several objects", children[0])

    def where(self, children: Children) -> Condition | None:
        return children[0] if children else None

    having = where

    def group(self, children: Children) -> tuple[tuple[Expression, ...], Condition | None]:
        return (tuple(children[:-1]), children[-1]) if children else ((), None)

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
