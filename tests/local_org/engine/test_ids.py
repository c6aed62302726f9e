"""Record ids: the checksum, both lengths, and minting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local_org.engine.ids import checksum, long_id, minted, number_of


@pytest.mark.parametrize(
    "long",
    ["001A0000006Vm9rIAC", "012000000000000AAA", "005xx0000000001AAA", "00D000000000062EAA", "a01xx000003DGb2AAG"],
)
def test_the_checksum_of_a_known_id_is_the_known_one(long: str) -> None:
    assert checksum(long[:15]) == long[15:]
    assert long_id(long[:15]) == long
    assert long_id(long) == long


def test_the_suffix_restores_lost_capitals() -> None:
    assert long_id("001a0000006vm9riac") == "001A0000006Vm9rIAC"


@pytest.mark.parametrize("text", ["", "abc", "001A0000006Vm9", "001A0000006Vm9rIA", "001A0000006Vm9-", "0" * 17 + "é"])
def test_other_text_is_no_id(text: str) -> None:
    assert long_id(text) is None


@given(number=st.integers(min_value=0, max_value=62**9 - 1))
def test_a_minted_id_is_valid_and_tells_its_number(number: int) -> None:
    record_id = minted("a01", number)
    assert len(record_id) == 18
    assert long_id(record_id) == record_id
    assert long_id(record_id[:15]) == record_id
    assert number_of(record_id) == number


@given(numbers=st.lists(st.integers(min_value=0, max_value=62**9 - 1), min_size=2, max_size=2))
def test_ids_sort_as_their_numbers_do(numbers: list[int]) -> None:
    assert sorted(numbers) == [number_of(one) for one in sorted(minted("a01", number) for number in numbers)]
