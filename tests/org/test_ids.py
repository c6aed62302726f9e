import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.org.ids import MalformedId, checksum, is_record_id, record_id

SHORT = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", min_size=15, max_size=15)


def test_the_checksum_is_that_of_ids_which_salesforce_has_made() -> None:
    assert record_id("001D000000IRFma") == "001D000000IRFmaIAH"
    assert record_id("012000000000000") == "012000000000000AAA"


@given(SHORT)
def test_an_id_in_its_long_form_is_an_id_and_stays_as_it_is(short: str) -> None:
    long = record_id(short)
    assert is_record_id(short)
    assert is_record_id(long)
    assert record_id(long) == long


@given(SHORT, st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", min_size=3, max_size=3))
def test_an_id_with_another_checksum_is_refused(short: str, suffix: str) -> None:
    assert is_record_id(short + suffix) == (suffix == checksum(short))


@given(st.text(max_size=25))
@example("../../limits")
@example("//evil.example/x")
@example("001D000000IRFma/../x")
@example("001D000000IRFma\n")
@example("００1D000000IRFma")
@example("001D000000IRFmaiah")
def test_what_passes_as_an_id_is_letters_and_digits_alone(text: str) -> None:
    if is_record_id(text):
        assert text.isascii()
        assert text.isalnum()
        assert len(text) in {15, 18}


def test_a_text_that_is_no_id_is_refused_without_being_repeated() -> None:
    with pytest.raises(MalformedId) as refused:
        record_id("../../limits")
    assert "limits" not in str(refused.value)
