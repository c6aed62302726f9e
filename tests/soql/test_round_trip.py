from __future__ import annotations

from hypothesis import given

from soql.ast import Pattern, Select
from soql.parser import parse
from soql.printer import to_pretty, to_text
from soql.strings import decode, decode_pattern, encode, encode_pattern
from tests.soql.fuzz_settings import fuzz
from tests.soql.strategies import patterns, selects, texts


@fuzz
@given(selects)
def test_a_tree_survives_its_text_on_one_line_and_on_many(select: Select) -> None:
    text = to_text(select)
    assert "\n" not in text
    assert parse(text) == select
    again = parse(to_pretty(select))
    assert again == select
    assert to_text(again) == text


@fuzz
@given(texts)
def test_a_string_survives_its_escapes(text: str) -> None:
    literal = encode(text)
    assert decode(literal[1:-1]) == text
    assert literal.isprintable() or all(char.isprintable() or ord(char) > 0x9F for char in literal)


@fuzz
@given(patterns)
def test_a_pattern_survives_its_escapes(pattern: Pattern) -> None:
    parts = pattern.parts
    assert decode_pattern(encode_pattern(parts)[1:-1]) == parts
