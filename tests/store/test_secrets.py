"""The secrets that we issue."""

import re

import pytest
from pydantic import SecretStr

from app.store.secrets import PREFIXES, hash_token, new_id, new_token


@pytest.mark.parametrize("prefix", ["", *PREFIXES])
def test_a_new_token_is_its_prefix_and_256_random_bits(prefix: str) -> None:
    tokens = {new_token(prefix).get_secret_value() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(re.fullmatch(rf"{prefix}[A-Za-z0-9_-]{{43}}", token) for token in tokens)


def test_a_token_does_not_print() -> None:
    token = new_token()
    assert token.get_secret_value() not in f"{token} {token!r}"


def test_a_hash_is_the_sha256_of_the_text_wrapped_or_not() -> None:
    assert hash_token("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert hash_token(SecretStr("abc")) == hash_token("abc")


def test_an_id_is_never_the_same() -> None:
    assert len({new_id() for _ in range(1000)}) == 1000
