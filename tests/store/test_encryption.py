"""Sealing: what was changed, moved or sealed elsewhere does not open."""

import base64

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import SecretStr

from app.store.encryption import Keyring, SealError

RING = Keyring({"new": b"n" * 32, "old": b"o" * 32})
PLACE = {"table": "salesforce_grants", "row_id": "00D|005|access_token"}


@given(st.text(), st.text(), st.text())
def test_what_is_sealed_opens_in_its_place(secret: str, table: str, row_id: str) -> None:
    assume(all(_is_encodable(text) for text in (secret, table, row_id)))
    blob = RING.seal(secret, table=table, row_id=row_id)
    assert RING.open(blob, table=table, row_id=row_id).get_secret_value() == secret


@given(st.text(min_size=1, max_size=40).filter(lambda text: _is_encodable(text)), st.data())
def test_a_blob_with_any_bit_flipped_does_not_open(secret: str, data: st.DataObject) -> None:
    blob = bytearray(RING.seal(secret, **PLACE))
    bit = data.draw(st.integers(0, len(blob) * 8 - 1))
    blob[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealError):
        RING.open(bytes(blob), **PLACE)


@given(st.data())
def test_a_blob_cut_short_or_prolonged_does_not_open(data: st.DataObject) -> None:
    blob = RING.seal("5Aep861", **PLACE)
    cut = data.draw(st.integers(0, len(blob) - 1))
    for damaged in (blob[:cut], blob + data.draw(st.binary(min_size=1, max_size=8))):
        with pytest.raises(SealError):
            RING.open(damaged, **PLACE)


@given(st.binary(max_size=120))
def test_other_bytes_are_refused_as_no_blob(blob: bytes) -> None:
    with pytest.raises(SealError):
        RING.open(blob, **PLACE)


@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))
def test_a_blob_opens_in_no_other_place(table: str, row_id: str, other_table: str, other_row_id: str) -> None:
    assume(all(_is_encodable(text) for text in (table, row_id, other_table, other_row_id)))
    assume((table, row_id) != (other_table, other_row_id))
    blob = RING.seal("secret", table=table, row_id=row_id)
    with pytest.raises(SealError):
        RING.open(blob, table=other_table, row_id=other_row_id)


def test_table_and_row_cannot_be_divided_otherwise() -> None:
    blob = RING.seal("secret", table="a|b", row_id="c")
    with pytest.raises(SealError):
        RING.open(blob, table="a", row_id="b|c")


def test_two_blobs_of_one_secret_differ() -> None:
    assert len({RING.seal("secret", **PLACE) for _ in range(100)}) == 100


def test_every_key_of_the_ring_opens_and_the_first_seals() -> None:
    old = Keyring({"old": b"o" * 32}).seal("secret", **PLACE)
    assert RING.open(old, **PLACE).get_secret_value() == "secret"
    assert RING.needs_resealing(old)
    assert not RING.needs_resealing(RING.seal("secret", **PLACE))


def test_a_key_that_is_not_in_the_ring_is_named() -> None:
    blob = Keyring({"lost": b"l" * 32}).seal("secret", **PLACE)
    with pytest.raises(SealError, match="'lost'"):
        RING.open(blob, **PLACE)


def test_a_blob_under_another_keys_name_does_not_open() -> None:
    blob = RING.seal("secret", **PLACE)
    with pytest.raises(SealError):
        RING.open(blob.replace(b"new", b"old", 1), **PLACE)


def test_the_ring_of_the_settings_opens_what_it_sealed() -> None:
    ring = Keyring.from_settings({"k1": SecretStr(base64.b64encode(b"k" * 32).decode())})
    assert ring.open(ring.seal(SecretStr("secret"), **PLACE), **PLACE).get_secret_value() == "secret"


@pytest.mark.parametrize(
    ("keys", "problem"),
    [({}, "at least one"), ({"k": b"short"}, "32 bytes"), ({"": b"k" * 32}, "key id"), ({"k" * 256: b"k" * 32}, "id")],
)
def test_a_ring_that_would_not_work_is_refused(keys: dict[str, bytes], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Keyring(keys)


def test_neither_ring_nor_opened_secret_prints_what_it_holds() -> None:
    ring = Keyring({"k1": b"topsecrettopsecrettopsecrettopse"})
    opened = ring.open(ring.seal("plain text", **PLACE), **PLACE)
    assert repr(ring) == "Keyring(k1)"
    assert "plain" not in f"{opened} {opened!r}"


def _is_encodable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
