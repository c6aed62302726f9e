"""Which record a name means: exact, then a beginning, then a part, then likeness."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bookit.errors import BookItError, ErrorCode
from app.bookit.naming import MAX_CANDIDATES, Named, find

WEST = Named("a00xx0000000001AAA", ("Pool West - USA",))
WEST_2 = Named("a00xx0000000002AAA", ("Pool West - USA 2",))
EAST = Named("a00xx0000000003AAA", ("East",))
NORTH_EAST = Named("a00xx0000000004AAA", ("North East",))
JO = Named("005xx0000000001AAA", ("Jo Smith",), ("jo@demo.example",), "jo@demo.example")
JO_TOO = Named("005xx0000000002AAA", ("Jo Smith",), ("jo.smith@demo.example",), "jo.smith@demo.example")
INTRO = Named("a01xx0000000001AAA", ("30-minute intro", "thirty_minute_intro"))
EVERYTHING = (WEST, WEST_2, EAST, NORTH_EAST, JO, JO_TOO, INTRO)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Pool West - USA", WEST),
        ("  pool  west - usa ", WEST),
        ("a00xx0000000002AAA", WEST_2),
        ("a00xx0000000002", WEST_2),
        ("jo@demo.example", JO),
        ("JO.SMITH@demo.example", JO_TOO),
        ("east", EAST),
        ("north", NORTH_EAST),
        ("thirty_minute_intro", INTRO),
        ("minute intro", INTRO),
        ("30 minute intro", INTRO),
        ("Noth East", NORTH_EAST),
    ],
)
def test_a_name_finds_its_record(text: str, meant: Named) -> None:
    assert find(text, EVERYTHING, "record") == meant


@pytest.mark.parametrize(("text", "candidates"), [("Jo Smith", [JO, JO_TOO]), ("Pool", [WEST, WEST_2])])
def test_several_records_of_one_name_are_the_candidates(text: str, candidates: list[Named]) -> None:
    with pytest.raises(BookItError) as refusal:
        find(text, EVERYTHING, "record")
    assert refusal.value.code is ErrorCode.AMBIGUOUS
    assert [each.id for each in refusal.value.candidates] == [each.id for each in candidates]
    assert [each.detail for each in refusal.value.candidates] == [each.detail for each in candidates]


def test_a_name_that_is_only_near_is_offered_and_not_taken() -> None:
    with pytest.raises(BookItError) as refusal:
        find("John Smythe", EVERYTHING, "person")
    assert refusal.value.code is ErrorCode.NOT_FOUND
    assert {each.id for each in refusal.value.candidates} == {JO.id, JO_TOO.id}


@pytest.mark.parametrize("text", ["Nobody of this name", "a00xx0000000009AAA", "x" * 500])
def test_a_name_that_nothing_goes_by_is_not_found(text: str) -> None:
    with pytest.raises(BookItError) as refusal:
        find(text, EVERYTHING, "pool")
    assert refusal.value.code is ErrorCode.NOT_FOUND
    assert len(refusal.value.message) < 120


def test_nothing_is_no_name() -> None:
    with pytest.raises(BookItError) as refusal:
        find(" ", EVERYTHING, "pool")
    assert refusal.value.code is ErrorCode.INVALID_ARGUMENT


words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(str.strip)


@given(st.lists(words, min_size=1, max_size=20, unique_by=lambda text: " ".join(text.casefold().split())), st.data())
def test_the_whole_name_always_finds_its_record_whatever_the_others_are_called(
    names: list[str], data: st.DataObject
) -> None:
    records = [Named(f"id {number}", (name,)) for number, name in enumerate(names)]
    wanted = data.draw(st.sampled_from(records))
    assert find(wanted.shown, records, "record") == wanted


@given(words, st.lists(words, max_size=30))
def test_any_text_finds_one_record_or_is_refused_with_few_candidates(text: str, names: list[str]) -> None:
    records = [Named(f"id {number}", (name,)) for number, name in enumerate(names)]
    try:
        found = find(text, records, "record")
    except BookItError as refusal:
        assert len(refusal.candidates) <= MAX_CANDIDATES  # noqa: PT017
    else:
        assert found in records
