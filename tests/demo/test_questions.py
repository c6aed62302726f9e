"""The demo asks what the guide asks, word for word: every question, and both deeds."""

from app.demo.deeds import deeds
from app.demo.questions import questions
from tests.requirements.manifest import REQUIREMENTS
from tests.support.running_server import RunningServer


def test_every_question_that_is_not_deferred_is_asked(demo_server: RunningServer) -> None:
    promised = {each.text for each in REQUIREMENTS if each.id.startswith("question.") and each.deferred is None}
    asked = {question.text for question in questions(demo_server.reading)}
    assert asked | {deed.text for deed in deeds(demo_server.reading)} == promised


def test_the_data_has_something_to_say_to_each(demo_server: RunningServer) -> None:
    for question in questions(demo_server.reading):
        assert question.expected, question.text
