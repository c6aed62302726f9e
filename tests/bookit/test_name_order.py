"""Where a page ended, whatever an org takes for the same text."""

from app.bookit.name_order import Position, position_behind


def test_a_page_ends_at_its_last_text_with_all_that_were_shown_under_it() -> None:
    assert position_behind([("Ada", "1"), ("Zoe", "2"), ("Zoe", "3")], None) == Position("Zoe", ("2", "3"))


def test_texts_that_differ_in_case_or_accents_alone_may_be_one_place_in_the_order() -> None:
    shown = [("zoe", "1"), ("ZOË", "2"), ("Zoe\u0308", "3"), ("Zoé", "4")]
    assert position_behind(shown, None).seen == ("1", "2", "3", "4")
    assert position_behind([("Zoe A", "1"), ("Zoe", "2")], None).seen == ("2",)


def test_a_run_of_one_text_over_several_pages_is_remembered_whole() -> None:
    first = position_behind([("Alex", "1"), ("alex", "2")], None)
    second = position_behind([("ALEX", "3")], first)
    assert second == Position("ALEX", ("1", "2", "3"))
    assert position_behind([("ALEX", "4"), ("Bea", "5")], second) == Position("Bea", ("5",))
