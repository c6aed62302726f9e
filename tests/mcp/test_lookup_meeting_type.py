"""lookup_meeting_type: reads what a plain-Python reading of the rows does, refuses in words, costs one call."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import anyio
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.bookit.errors import BookItError, ErrorCode
from app.bookit.meeting_types.records import TTL_SECONDS, MeetingTypes
from app.org.call_count import counting
from app.org.caller import Caller, Scope
from tests.mcp import plain_setup
from tests.mcp.plain_reading import value
from tests.mcp.test_lookup_pool import all_pages
from tests.mcp.world import World, world

pytestmark = pytest.mark.anyio

GROUPS = ("scheduling", "form", "presentation")
TYPE = "LeanData__BookIt_Meeting_Type__c"


@pytest.fixture(params=[("admin", Scope.ADMIN), ("rep1", Scope.USER)], ids=["admin", "user"])
def caller(request: pytest.FixtureRequest, an_odd_world: World) -> Caller:
    return an_odd_world.caller(*request.param)


def read_as(item: dict[str, Any]) -> dict[str, Any]:
    """The item as the plain reading has it, which does not know the words of a problem."""
    found = dict(item)
    if "form" in found:
        form = dict(found["form"])
        found["form"] = form | {"problems": (form.pop("problem") or "").count(plain_setup.UNREADABLE)}
    if "scheduling" in found and found["scheduling"]["working_hours"]["problem"] is not None:
        hours = found["scheduling"]["working_hours"]
        assert plain_setup.UNREADABLE in hours["problem"]
        found["scheduling"] = found["scheduling"] | {"working_hours": hours | {"problem": plain_setup.UNREADABLE}}
    return found


@pytest.mark.requirement("read.meeting_type.admin", "read.meeting_type.user")
@pytest.mark.requirement("read.meeting_type.scheduling", "read.meeting_type.form", "read.meeting_type.presentation")
@given(
    groups=st.lists(st.sampled_from(GROUPS), unique=True),
    limit=st.sampled_from((7, 25, 64, 65, 100)),
    who=st.sampled_from([("admin", Scope.ADMIN), ("rep1", Scope.USER), ("minimum", Scope.USER)]),
)
@example(list(GROUPS), 100, ("rep1", Scope.USER))
@example([], 7, ("rep1", Scope.USER))
@settings(max_examples=settings().max_examples // 4)
def test_pages_hold_every_type_once_as_the_rows_say(
    an_odd_world: World, groups: list[str], limit: int, who: tuple[str, Scope]
) -> None:
    asked = {"groups": groups} if groups else {}

    async def ask() -> list[list[dict[str, Any]]]:
        return await all_pages(an_odd_world, an_odd_world.caller(*who), "lookup_meeting_type", limit, **asked)

    found = [read_as(item) for page in anyio.run(ask) for item in page]
    assert found == plain_setup.meeting_types(an_odd_world, groups)


async def test_a_type_is_found_by_id_and_both_names(an_odd_world: World, caller: Caller) -> None:
    for row in an_odd_world.of("Meeting_Type"):
        expected = plain_setup.meeting_type(an_odd_world, row, GROUPS)
        for name in (row["Id"], value(row, "Internal_Name")):
            answer = await an_odd_world.ask(caller, "lookup_meeting_type", meeting_type=name, groups=GROUPS)
            assert [read_as(item) for item in answer["items"]] == [expected]
            assert answer["searched"] == {"meeting_type": value(row, "Display_Name")}
            assert (answer["total"], answer["has_more"], answer["next_cursor"]) == (1, False, None)
    answer = await an_odd_world.ask(caller, "lookup_meeting_type", meeting_type="outbound")
    assert [item["name"] for item in answer["items"]] == ["Outbound Demo"]


async def test_what_the_org_keeps_beside_what_we_know_never_comes_out(an_odd_world: World, caller: Caller) -> None:
    result = await an_odd_world.result(caller, "lookup_meeting_type", {"groups": GROUPS, "limit": 100})
    assert not result.is_error
    assert any("s3cret" in (value(row, "Form_Fields") or "") for row in an_odd_world.of("Meeting_Type"))
    assert "s3cret" not in result.model_dump_json()
    assert "[[[[" not in result.model_dump_json()


async def test_what_cannot_be_read_is_said_where_it_would_stand(an_odd_world: World, caller: Caller) -> None:
    answer = await an_odd_world.ask(caller, "lookup_meeting_type", groups=GROUPS, limit=100)
    broken_form = [each["form"] for each in answer["items"] if each["form"]["fields"] is None]
    broken_hours = [
        each["scheduling"]["working_hours"]
        for each in answer["items"]
        if each["scheduling"]["working_hours"]["source"] == "meeting_type"
        and each["scheduling"]["working_hours"]["weekly"] is None
    ]
    assert broken_form
    assert broken_hours
    assert all("fields:" in form["problem"] for form in broken_form)
    assert all("admin" in hours["problem"] for hours in broken_hours)


async def test_a_look_up_is_one_call_to_salesforce(an_odd_world: World, caller: Caller) -> None:
    await an_odd_world.ask(caller, "lookup_meeting_type", limit=1)  # the names are warm now
    for asked in (
        {},
        {"groups": GROUPS, "limit": 100},
        {"meeting_type": "inbound_demo", "groups": GROUPS},
        {"meeting_type": "Outbound Demo"},
        {"groups": "form"},
    ):
        await an_odd_world.ask(caller, "lookup_meeting_type", **asked)
        assert an_odd_world.audit.reads[-1][1].salesforce_calls == 1


async def test_a_type_has_the_shape_of_the_contract(an_odd_world: World, caller: Caller) -> None:
    identity = {"meeting_type_id", "name", "internal_name", "product", "ownership", "is_locked", "active"}
    for groups, keys in (
        (None, {"duration_minutes"}),
        (["scheduling"], {"scheduling"}),
        (["form", "presentation"], {"form", "presentation"}),
    ):
        answer = await an_odd_world.ask(caller, "lookup_meeting_type", groups=groups)
        assert set(answer) == {"items", "total", "has_more", "next_cursor", "searched"}
        assert all(set(item) == identity | keys for item in answer["items"])


async def test_a_type_that_is_gone_while_its_name_is_kept_is_not_found_and_in_no_list(caller: Caller) -> None:
    with world(meetings=0) as made:
        system = made.running.org.as_system()
        values = {"Internal_Name": "going", "Display_Name": "Going", "Product": "Links", "Duration_Minutes": 5}
        gone = system.create(TYPE, {f"LeanData__{name}__c": each for name, each in values.items()})
        everything = await made.ask(caller, "lookup_meeting_type")
        assert "Going" in [item["name"] for item in everything["items"]]
        system.delete(TYPE, gone)
        refusal = await made.refusal(caller, "lookup_meeting_type", meeting_type="going", groups=GROUPS)
        assert refusal["code"] == "not_found"
        left = await made.ask(caller, "lookup_meeting_type")
        assert left["items"] == [item for item in everything["items"] if item["meeting_type_id"] != gone]


async def test_names_that_mean_several_types_or_none_give_candidates(an_odd_world: World, caller: Caller) -> None:
    refusal = await an_odd_world.refusal(caller, "lookup_meeting_type", meeting_type="twin")
    assert refusal["code"] == "ambiguous"
    twins = [row for row in an_odd_world.of("Meeting_Type") if value(row, "Display_Name") == "Twin"]
    assert len(twins) > 1
    assert {each["id"] for each in refusal["candidates"]} <= {row["Id"] for row in twins}
    assert all("internal name odd_" in each["detail"] for each in refusal["candidates"])
    refusal = await an_odd_world.refusal(caller, "lookup_meeting_type", meeting_type="Tecnical Deap")
    assert refusal["code"] == "not_found"
    assert [each["name"] for each in refusal["candidates"]] == ["Technical Deep Dive"]


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"groups": ["branding"]}, "'presentation'"),
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "100"),
        ({"meeting_type": " "}, "meeting_type"),
        ({"meeting_typ": "Inbound Demo"}, "perhaps meeting_type"),
        ({"pool": "SDR Pool"}, "pool"),
        ({"cursor": "abc"}, "cursor"),
        ({"cursor": "abc", "meeting_type": "Inbound Demo"}, "cursor"),
    ],
)
async def test_a_bad_argument_is_refused_and_says_what_to_do(
    an_odd_world: World, caller: Caller, asked: dict[str, Any], word: str
) -> None:
    refusal = await an_odd_world.refusal(caller, "lookup_meeting_type", **asked)
    assert refusal["code"] == "invalid_argument"
    assert word in refusal["message"]
    assert refusal["hint"]
    assert an_odd_world.audit.reads[-1][1].salesforce_calls == 0


async def test_an_admin_s_cursor_is_none_of_a_user_s(an_odd_world: World) -> None:
    admin, rep = an_odd_world.caller("admin", Scope.ADMIN), an_odd_world.caller("rep1")
    cursor = (await an_odd_world.ask(admin, "lookup_meeting_type", limit=5))["next_cursor"]
    refusal = await an_odd_world.refusal(rep, "lookup_meeting_type", limit=5, cursor=cursor)
    assert "cursor" in refusal["message"]
    refusal = await an_odd_world.refusal(admin, "lookup_meeting_type", groups="form", cursor=cursor)
    assert "cursor" in refusal["message"]


async def test_lenient_groups_mean_the_same(an_odd_world: World, caller: Caller) -> None:
    strict = await an_odd_world.ask(caller, "lookup_meeting_type", groups=["form"], limit=100)
    for lenient in ("Form", json.dumps(["form"]), ["form", "FORM"]):
        assert await an_odd_world.ask(caller, "lookup_meeting_type", groups=lenient, limit=100) == strict


@pytest.mark.parametrize("scope", Scope)
async def test_on_bookit_7_a_type_reads_the_same(scope: Scope) -> None:
    with world(meetings=0, bookit_version=7) as made:
        asker = made.caller("admin" if scope is Scope.ADMIN else "rep1", scope)
        answer = await made.ask(asker, "lookup_meeting_type", groups=GROUPS)
        assert [read_as(item) for item in answer["items"]] == plain_setup.meeting_types(made, GROUPS)


async def test_a_type_by_id_is_kept_for_a_minute_per_caller(caller: Caller) -> None:
    with world(meetings=0) as made:
        row = made.of("Meeting_Type")[1]
        kept = MeetingTypes(made.clock)
        gateway = made.services.gateway

        async def calls(asker: Caller) -> int:
            with counting() as count:
                found = await kept.by_id(row["Id"], caller=asker, reader=gateway.as_caller(asker))
            assert (found.id, found.max_per_week, found.buffer_after_minutes) == (row["Id"], 30, 5)
            return count.calls

        other = made.caller("rep2")
        assert [await calls(asker) for asker in (caller, caller, other, other, caller)] == [1, 0, 1, 0, 0]
        made.clock.advance(timedelta(seconds=TTL_SECONDS + 1))
        assert await calls(caller) == 1
        with pytest.raises(BookItError) as refused:
            await kept.by_id(made.people["rep1"], caller=caller, reader=gateway.as_caller(caller))
        assert refused.value.code is ErrorCode.NOT_FOUND
