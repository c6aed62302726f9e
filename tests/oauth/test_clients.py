"""A client's own name for itself is untrusted text."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from app.web.client_name import LONGEST_NAME, UNNAMED, shown_name


@given(st.text(max_size=300))
def test_a_name_is_one_short_printable_line(name: str) -> None:
    shown = shown_name(name)
    assert 0 < len(shown) <= LONGEST_NAME
    assert shown == " ".join(shown.split())
    assert all(char == " " or unicodedata.category(char)[0] not in "CZ" for char in shown)


@given(st.text(max_size=300))
def test_showing_a_name_twice_changes_nothing(name: str) -> None:
    assert shown_name(shown_name(name)) == shown_name(name)


def test_a_client_without_a_name_is_said_to_have_none() -> None:
    assert shown_name(None) == shown_name(" \n") == UNNAMED
