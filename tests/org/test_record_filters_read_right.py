"""The differential property of the record filters: whatever a statement asks for, a rep gets his own rows and nobody
else's, an admin all of them. In an org that hides nothing from anybody, so that it is our filters that hide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.org.caller import Scope
from app.org.record_filters import USER
from tests.org.filter_statements import OPEN, PATHS, SEES, at, statements
from tests.org.filter_world import FilterWorld, filter_world

pytestmark = pytest.mark.timeout(120)


EXAMPLES = settings().max_examples // 3
"""For each object, in both scopes."""


@pytest.fixture(scope="module")
def world() -> Generator[FilterWorld]:
    with filter_world(seed=1) as made:
        yield made


@pytest.mark.requirement("scope.hidden_record")
@pytest.mark.parametrize("object_name", [*SEES, *OPEN])
@given(data=st.data())
@settings(max_examples=EXAMPLES)
def test_a_statement_answers_what_the_caller_may_see_and_nothing_else(
    world: FilterWorld, object_name: str, data: st.DataObject
) -> None:
    asked = data.draw(statements(world, object_name))
    me = data.draw(st.sampled_from(world.reps))
    world.use(asked.text())
    for scope in Scope:
        assert anyio.run(world.ask, me, scope) == asked.answer(world, me, scope), asked.text()


@pytest.mark.parametrize("object_name", sorted(SEES))
def test_a_count_counts_what_the_caller_may_see(world: FilterWorld, object_name: str) -> None:
    every = world.rows[object_name]
    for path in (path for path in PATHS[object_name] if _is_groupable(path)):
        world.use(
            "-- A count.\n-- scopes: admin, user\n"
            f"SELECT {path}, COUNT(Id) n FROM {object_name} WHERE Id != NULL OR {path} = NULL GROUP BY {path}"
        )
        for me in world.reps:
            for scope in Scope:
                seen = [row for row in every if scope is Scope.ADMIN or SEES[object_name](world, me, row)]
                counted = {row[path]: row["n"] for row in anyio.run(world.ask, me, scope)}
                assert counted == Counter(at(world, row, path) for row in seen)


@pytest.mark.parametrize("object_name", sorted(SEES))
def test_the_org_itself_would_show_every_rep_every_row(world: FilterWorld, object_name: str) -> None:
    """Else the properties above would hold whatever the filters say."""
    api = world.schema_map.object(object_name).api
    every = {row["Id"] for row in world.rows[object_name]}
    world.use(f"-- All.\n-- scopes: user\nSELECT Id FROM {object_name}")
    seen_by_somebody: set[str] = set()
    for me in world.reps:
        token = world.grants.of_user(world.running.org.info.org_id, me).token.access_token.get_secret_value()
        assert {row["Id"] for row in world.running.api(token).query(f"SELECT Id FROM {api}")} >= every
        own = {row["Id"] for row in world.rows[object_name] if SEES[object_name](world, me, row)}
        assert own < every
        assert {row["Id"] for row in anyio.run(world.ask, me, Scope.USER)} == own
        seen_by_somebody |= own
    assert seen_by_somebody


def test_every_object_with_a_filter_is_read_here() -> None:
    assert set(USER.objects) == {*SEES, *OPEN, "Organization"}


def _is_groupable(path: str) -> bool:
    return "." not in path and path not in {"Id", "Start", "End", "Expires", "Paused_Until", "Decided_Date"}
