"""A signed token is taken back unchanged, in time, and for what it was bound to; or not at all."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from app.mcp.signing import BadToken, Signing, digest

NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
SOON = NOW + timedelta(minutes=10)


def ring(**keys: int) -> dict[str, SecretStr]:
    return {name: SecretStr(base64.b64encode(bytes([byte]) * 32).decode()) for name, byte in keys.items()}


SIGNING = Signing(ring(new=1, old=2))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(), lambda inner: st.lists(inner, max_size=3)
)
payloads = st.dictionaries(st.text(max_size=8).filter(lambda key: key != "exp"), values, max_size=4)


@given(payloads, st.lists(st.text(), max_size=3))
def test_a_token_brings_back_what_was_signed(payload: dict[str, object], bound_to: list[str]) -> None:
    token = SIGNING.sign("cursor", payload, bound_to=bound_to, expires=SOON)
    assert token.isascii()
    assert SIGNING.verify("cursor", token, bound_to=bound_to, now=NOW) == payload


@given(st.data())
def test_no_change_of_a_token_is_taken(data: st.DataObject) -> None:
    token = SIGNING.sign("cursor", {"start": "2026-11-23"}, bound_to=["me"], expires=SOON)
    at = data.draw(st.integers(0, len(token) - 1))
    other = token[:at] + data.draw(st.characters(codec="utf-8")) + token[at + data.draw(st.integers(0, 1)) :]
    if other == token:
        return
    with pytest.raises(BadToken):
        SIGNING.verify("cursor", other, bound_to=["me"], now=NOW)


@given(st.text())
def test_any_other_text_is_no_token(text: str) -> None:
    with pytest.raises(BadToken):
        SIGNING.verify("cursor", text, bound_to=[], now=NOW)


@pytest.mark.parametrize(
    ("purpose", "bound_to"), [("offer", ["a", "b"]), ("cursor", ["a"]), ("cursor", ["ab"]), ("cursor", ["b", "a"])]
)
def test_a_token_serves_its_purpose_and_binding_alone(purpose: str, bound_to: list[str]) -> None:
    token = SIGNING.sign("cursor", {}, bound_to=["a", "b"], expires=SOON)
    with pytest.raises(BadToken) as refusal:
        SIGNING.verify(purpose, token, bound_to=bound_to, now=NOW)
    assert not refusal.value.expired


def test_a_token_ends_and_says_so() -> None:
    token = SIGNING.sign("cursor", {}, bound_to=[], expires=SOON)
    SIGNING.verify("cursor", token, bound_to=[], now=SOON - timedelta(seconds=1))
    with pytest.raises(BadToken) as refusal:
        SIGNING.verify("cursor", token, bound_to=[], now=SOON)
    assert refusal.value.expired


def test_a_key_that_was_rotated_out_verifies_until_it_leaves_the_ring() -> None:
    token = Signing(ring(old=2)).sign("cursor", {"n": 1}, bound_to=[], expires=SOON)
    assert SIGNING.verify("cursor", token, bound_to=[], now=NOW) == {"n": 1}
    with pytest.raises(BadToken):
        Signing(ring(new=1)).verify("cursor", token, bound_to=[], now=NOW)
    with pytest.raises(BadToken):  # the same id with another key behind it
        Signing(ring(old=3)).verify("cursor", token, bound_to=[], now=NOW)


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": [1, 2]}) == digest({"b": [1, 2], "a": 1})
    assert digest({"a": [1, 2]}) != digest({"a": [2, 1]})
