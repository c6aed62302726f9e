"""LIKE: a pattern against a text, compared with trying every way to divide the text."""

from hypothesis import given
from hypothesis import strategies as st

from app.local_org.engine.functions import like
from soql.ast import Wildcard
from tests.local_org.engine.plain_reading import matches

_texts = st.text("abAB%_\\é\n", max_size=8)
_parts = st.lists(st.one_of(st.sampled_from(list(Wildcard)), st.sampled_from("abB%_\\É\n")), max_size=6)


def _written(part: str) -> str:
    return part.value if isinstance(part, Wildcard) else ("\\" if part in "%_\\" else "") + part


@given(text=_texts, parts=_parts)
def test_like_matches_what_can_be_divided_so(text: str, parts: list[str]) -> None:
    assert like(text, "".join(map(_written, parts))) == matches(text.lower(), tuple(parts))


def test_null_is_like_nothing() -> None:
    assert like(None, "%") == 0


def test_a_pattern_of_many_wildcards_costs_little() -> None:
    assert like("a" * 4000, "%a" * 200 + "%b") == 0
    assert like("a" * 4000 + "b", "%a" * 200 + "%b") == 1
