"""Formula text to a tree, by operator precedence.

Source: Salesforce Help, "Formula Operators and Functions". `=` and `==` are one, so are `<>` and `!=`.
"""

from __future__ import annotations

import re
from decimal import Decimal

from app.local_org.engine.formula.tree import Call, Constant, FieldName, FormulaError, Node, Operation, Prefix

_TOKEN = re.compile(
    r"""\s*(?:/\*.*?\*/\s*)*(?:
        (?P<number>\d+(?:\.\d+)?|\.\d+)
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<name>\$?[A-Za-z]\w*(?:\.\w+)*)
      | (?P<symbol>&&|\|\||<>|!=|<=|>=|==|[-+*/^&=<>!(),])
      | (?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
_SAME = {"==": "=", "!=": "<>"}
_BINDING = {
    "||": 1,
    "&&": 2,
    "=": 3,
    "<>": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "&": 5,
    "*": 6,
    "/": 6,
    "^": 8,
}
_UNARY = 7
_WORDS: dict[str, bool | None] = {"TRUE": True, "FALSE": False, "NULL": None}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def parse(text: str) -> Node:
    """The tree of a formula. Raises FormulaError, which says what was found where."""
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._kind = ""
        self._found = ""
        self._advance()

    def whole(self) -> Node:
        node = self._expression(0)
        if self._kind != "end":
            raise self._error("an operator or the end")
        return node

    def _advance(self) -> None:
        found = _TOKEN.match(self._text, self._place)
        if found is None or found.lastgroup is None:
            raise FormulaError(f"unexpected character at {self._place + 1} of the formula {self._text!r}")
        self._kind, self._found = found.lastgroup, found[found.lastgroup]
        self._place = found.end()

    def _error(self, expected: str) -> FormulaError:
        found = repr(self._found) if self._kind != "end" else "the end"
        return FormulaError(f"found {found} before {self._place} of {self._text!r}, expected {expected}")

    def _take(self, symbol: str) -> None:
        if self._found != symbol or self._kind != "symbol":
            raise self._error(repr(symbol))
        self._advance()

    def _expression(self, least: int) -> Node:
        left = self._operand()
        while self._kind == "symbol":
            symbol = _SAME.get(self._found, self._found)
            binding = _BINDING.get(symbol, 0)
            if binding <= least:
                break
            self._advance()
            left = Operation(symbol, left, self._expression(binding))
        return left

    def _operand(self) -> Node:
        kind, found = self._kind, self._found
        if kind == "symbol" and found in "-+!":
            self._advance()
            operand = self._expression(_UNARY)
            return operand if found == "+" else Prefix(found, operand)
        if kind == "symbol" and found == "(":
            self._advance()
            inner = self._expression(0)
            self._take(")")
            return inner
        if kind not in ("number", "text", "name"):
            raise self._error("a value")
        self._advance()
        if kind == "number":
            return Constant(Decimal(found))
        if kind == "text":
            return Constant(re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), found[1:-1], flags=re.DOTALL))
        if self._kind == "symbol" and self._found == "(":
            return self._call(found)
        if found.upper() in _WORDS:
            return Constant(_WORDS[found.upper()])
        return FieldName(tuple(found.split(".")))

    def _call(self, name: str) -> Node:
        self._take("(")
        arguments: list[Node] = []
        while self._found != ")" or self._kind != "symbol":
            if arguments:
                self._take(",")
            arguments.append(self._expression(0))
        self._take(")")
        return Call(name.upper(), tuple(arguments))
