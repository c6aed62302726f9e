"""The logic between a rule's criteria: `1 AND (2 OR 3)` (Metadata API, booleanFilter)."""

from __future__ import annotations

import re

from app.local_org.schema.metadata_xml import Node

_TOKEN = re.compile(r"\s*(\d+|AND\b|OR\b|NOT\b|\(|\))", re.IGNORECASE)


def check_filter(node: Node, text: str, count: int) -> None:
    """Raises MetadataError for bad logic, AND beside OR without parentheses, and a criterion unknown or unused."""
    tokens = _tokens(node, text)
    used: set[int] = set()
    if _expression(node, text, tokens, 0, used) != len(tokens) or used != set(range(1, count + 1)):
        raise node.error(f"has the filter {text!r}, which does not join its {count} criteria")


def _tokens(node: Node, text: str) -> list[str]:
    tokens: list[str] = []
    place = 0
    stripped = text.rstrip()
    while place < len(stripped):
        found = _TOKEN.match(stripped, place)
        if found is None:
            raise node.error(f"has the filter {text!r}, which is no logic at {place + 1}")
        tokens.append(found[1].upper())
        place = found.end()
    return tokens


def _expression(node: Node, text: str, tokens: list[str], place: int, used: set[int]) -> int:
    place = _term(node, text, tokens, place, used)
    word = tokens[place] if place < len(tokens) and tokens[place] in ("AND", "OR") else None
    while place < len(tokens) and tokens[place] in ("AND", "OR"):
        if tokens[place] != word:
            raise node.error(f"has the filter {text!r}, which mixes AND and OR without parentheses")
        place = _term(node, text, tokens, place + 1, used)
    return place


def _term(node: Node, text: str, tokens: list[str], place: int, used: set[int]) -> int:
    word = tokens[place] if place < len(tokens) else ""
    if word == "NOT":
        return _term(node, text, tokens, place + 1, used)
    if word.isdecimal():
        used.add(int(word))
        return place + 1
    if word == "(":
        place = _expression(node, text, tokens, place + 1, used)
        if place < len(tokens) and tokens[place] == ")":
            return place + 1
    raise node.error(f"has the filter {text!r}, which is not whole")
