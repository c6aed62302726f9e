"""preview_availability, beyond that its reading is right: the guide's question, refusals, shapes, cost, offers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.bookit.errors import BookItError
from app.bookit.org_status import Off, OrgStatus
from app.mcp.call import Call
from app.mcp.offers import LIFETIME, Offer, read_offer
from app.org.caller import Caller, Scope
from tests.mcp.odd_availability import GROUP_LINK, SECRET_SUBJECT
from tests.mcp.plain_availability import type_of
from tests.mcp.plain_reading import value
from tests.mcp.world import FixedStatus, World

pytestmark = pytest.mark.anyio

POOL = {"pool": "SDR Pool", "meeting_type": "Outbound Demo"}


@pytest.fixture
def admin(busy_world: World) -> Caller:
    return busy_world.caller("admin", Scope.ADMIN)


@pytest.fixture
def rep(busy_world: World) -> Caller:
    return busy_world.caller("rep1")


def call_of(world: World, caller: Caller, *, later: timedelta = timedelta(0)) -> Call:
    reader = world.services.gateway.as_caller(caller)
    return Call(caller, "preview_availability", "request", world.clock() + later, reader, world.services)


@pytest.mark.requirement("question.pool_availability", "read.availability.admin")
async def test_a_pool_this_friday_is_one_question(busy_world: World, admin: Caller) -> None:
    answer = await busy_world.ask(admin, "preview_availability", **POOL, period="friday")
    assert [(day["date"], day["weekday"]) for day in answer["days"]] == [("2026-11-27", "Friday")]
    (friday,) = answer["days"]
    assert friday["starts"]
    assert all(start.endswith("-05:00") for start in friday["starts"])  # the admin sits in New York
    members = [row for row in busy_world.of("Pool_Member") if value(row, "Pool") == pool_id(busy_world, "SDR Pool")]
    assert len(answer["hosts"]) == len(members)
    assert friday["hosts_free"] == sum(host["reason"] is None for host in answer["hosts"])
    assert answer["searched"] == {"meeting_type": "Outbound Demo", "pool": "SDR Pool"}


def pool_id(world: World, name: str) -> str:
    return next(row["Id"] for row in world.of("Pool") if value(row, "Grouping_Name") == name)


async def test_an_answer_has_the_shape_of_the_contract(busy_world: World, admin: Caller, rep: Caller) -> None:
    keys = {
        "offer_id", "expires", "timezone", "duration_minutes", "days", "hosts", "now", "range", "searched",
    }  # fmt: skip
    for caller, asked in ((admin, POOL), (rep, {"meeting_type": "Inbound Demo"})):
        answer = await busy_world.ask(caller, "preview_availability", **asked, period="next_7_days")
        assert set(answer) == keys
        assert len(answer["days"]) == 7
        assert all(set(day) == {"date", "weekday", "starts", "hosts_free"} for day in answer["days"])
        assert all(set(host) == {"user_id", "name", "reason", "detail"} for host in answer["hosts"])
        assert all((host["reason"] is None) == (host["detail"] is None) for host in answer["hosts"])
        detailed = await busy_world.ask(caller, "preview_availability", **asked, period="tomorrow", detail=True)
        for day in detailed["days"]:
            assert [slot["start"] for slot in day["slots"]] == day["starts"]
            assert all(slot["hosts"] for slot in day["slots"])


@pytest.mark.requirement("read.availability.user")
async def test_a_user_asks_about_himself_and_cannot_name_another(busy_world: World, rep: Caller) -> None:
    answer = await busy_world.ask(rep, "preview_availability", meeting_type="30-minute intro")
    assert [host["user_id"] for host in answer["hosts"]] == [rep.user_id]
    assert len(answer["days"]) == 14
    for name in ("user", "pool", "link"):
        refusal = await busy_world.refusal(rep, "preview_availability", meeting_type="30-minute intro", **{name: "me"})
        assert (refusal["code"], name in refusal["message"]) == ("invalid_argument", True)


async def test_every_host_of_a_pool_without_a_start_has_his_reason(busy_world: World, admin: Caller) -> None:
    answer = await busy_world.ask(admin, "preview_availability", meeting_type="Inbound Demo", pool="Pool West - USA")
    said = {host["name"]: (host["reason"], host["detail"]) for host in answer["hosts"]}
    assert said["Morgan Diaz"][0] == "calendar_not_connected"
    assert said["Avery Thompson"][0] == "calendar_expired"
    assert said["Quinn Ramirez"] == ("not_in_rotation", "In this pool: not available for routing.")
    assert said["Riley Carter"] == (None, None)
    sdr = await busy_world.ask(admin, "preview_availability", meeting_type="Inbound Demo", pool="SDR Pool")
    said = {host["name"]: (host["reason"], host["detail"]) for host in sdr["hosts"]}
    assert said["Sam Okafor"] == ("product_access", "Not set up in BookIt.")
    one = await busy_world.ask(admin, "preview_availability", meeting_type="Inbound Demo", user="Quinn Ramirez")
    (host,) = one["hosts"]
    assert host["reason"] == "paused"
    assert "2026-11-28" in host["detail"]
    assert all(day["starts"] == [] and day["hosts_free"] == 0 for day in one["days"])


async def test_hours_that_cannot_be_read_are_a_reason_and_no_free_time(busy_world: World, admin: Caller) -> None:
    answer = await busy_world.ask(admin, "preview_availability", meeting_type="Broken hours", user="Riley Carter")
    assert answer["hosts"][0]["reason"] == "working_hours"
    assert "no JSON" in answer["hosts"][0]["detail"]
    assert {len(day["starts"]) for day in answer["days"]} == {0}


async def test_the_free_hosts_of_a_pool_come_in_the_order_of_their_turns(busy_world: World, admin: Caller) -> None:
    answer = await busy_world.ask(admin, "preview_availability", **POOL, period="next_7_days", detail=True)
    counts = await busy_world.ask(admin, "view_counts", pool="SDR Pool", meeting_category="Demos")
    order = [member["user"]["user_id"] for member in counts["categories"][0]["members"]]
    slots = [slot["hosts"] for day in answer["days"] for slot in day["slots"]]
    assert any(len(hosts) > 1 for hosts in slots)
    for hosts in slots:
        assert hosts == sorted(hosts, key=order.index)


async def test_no_subject_of_an_appointment_leaves(busy_world: World, admin: Caller) -> None:
    for asked in (POOL, {"meeting_type": "Inbound Demo", "user": "rep1@demo.example"}):
        answer = await busy_world.result(admin, "preview_availability", {**asked, "detail": True})
        assert SECRET_SUBJECT not in answer.model_dump_json()
    private = [
        row
        for row in busy_world.rows["Event"]
        if row["IsPrivate"] and row["ShowAs"] == "Busy" and row["StartDateTime"] > busy_world.clock()
    ]
    assert private


async def test_a_preview_is_two_calls_to_salesforce_whoever_asks(busy_world: World, admin: Caller, rep: Caller) -> None:
    for caller, asked, calls in (
        (admin, {**POOL, "period": "next_14_days"}, 2),
        (admin, {**POOL, "period": "next_14_days", "detail": True}, 2),
        (admin, {"meeting_type": "Inbound Demo", "user": "Riley Carter"}, 2),
        (admin, {"meeting_type": "Inbound Demo", "link": GROUP_LINK}, 3),
        (rep, {"meeting_type": "Inbound Demo", "period": "next_14_days"}, 2),
    ):
        for _ in range(2):
            await busy_world.ask(caller, "preview_availability", **asked)
        assert busy_world.audit.reads[-1][1].salesforce_calls == calls


@pytest.mark.parametrize(
    ("asked", "code", "word"),
    [
        ({"meeting_type": "Inbound Demo"}, "invalid_argument", "Exactly one"),
        ({**POOL, "user": "me"}, "invalid_argument", "Exactly one"),
        ({"pool": "SDR Pool"}, "invalid_argument", "meeting_type"),
        ({**POOL, "period": "yesterday"}, "invalid_time", "past"),
        ({**POOL, "period": "upcoming"}, "invalid_argument", "62 days"),
        ({**POOL, "start": "2026-12-01T09:00:00"}, "invalid_time", "no offset"),
        ({**POOL, "meeting_type": "Retired"}, "not_available", "not active"),
        ({**POOL, "meeting_type": "No such type"}, "not_found", "meeting type"),
        ({"meeting_type": "Inbound Demo", "user": "Nobody At All"}, "not_found", "person"),
        ({"meeting_type": "Inbound Demo", "link": "rep1-intro"}, "invalid_argument", "does not offer"),
        ({**POOL, "reschedule_of": "BKT-0000001"}, "invalid_argument", "own hosts"),
        ({"meeting_type": "Inbound Demo", "reschedule_of": "BKT-9999999"}, "not_found", "no such meeting"),
    ],
)
async def test_a_bad_argument_is_refused_and_says_what_to_do(
    busy_world: World, admin: Caller, asked: dict[str, Any], code: str, word: str
) -> None:
    refusal = await busy_world.refusal(admin, "preview_availability", **asked)
    assert refusal["code"] == code
    assert word in refusal["message"]
    assert refusal["hint"]


async def test_a_meeting_that_cannot_move_has_no_preview(busy_world: World, admin: Caller, rep: Caller) -> None:
    kinds = {row["Id"]: value(row, "Display_Name") for row in busy_world.of("Meeting_Type")}
    on_it = {value(row, "Meeting") for row in busy_world.of("Attendee") if value(row, "User") == rep.user_id}

    def first(**wanted: Any) -> dict[str, Any]:
        def fits(row: Any) -> bool:
            later = value(row, "Start") > busy_world.clock()
            mine = value(row, "Main_Host") == rep.user_id
            found = {"status": value(row, "Status"), "later": later, "mine": mine, "on_it": row["Id"] in on_it}
            return all(found[name] == each for name, each in wanted.items())

        meeting = next(row for row in busy_world.of("Meeting") if fits(row))
        return {"reschedule_of": meeting["Id"], "meeting_type": kinds[value(meeting, "Meeting_Type")]}

    canceled = await busy_world.refusal(admin, "preview_availability", **first(status="Canceled", later=True))
    assert (canceled["code"], "canceled" in canceled["message"]) == ("not_available", True)
    over = await busy_world.refusal(admin, "preview_availability", **first(status="Scheduled", later=False))
    assert (over["code"], "already begun" in over["message"]) == ("not_available", True)
    other_type = first(status="Scheduled", later=True) | {"meeting_type": "Retired"}
    assert (await busy_world.refusal(admin, "preview_availability", **other_type))["code"] == "not_available"
    attended = first(status="Scheduled", later=True, mine=False, on_it=True)
    refused = await busy_world.refusal(rep, "preview_availability", **attended)
    assert (refused["code"], "main host" in refused["message"]) == ("not_available", True)
    hidden = first(status="Scheduled", later=True, mine=False, on_it=False)
    missing = await busy_world.refusal(rep, "preview_availability", **{**hidden, "reschedule_of": "BKT-9999999"})
    assert await without_id(busy_world.refusal(rep, "preview_availability", **hidden)) == {
        key: each for key, each in missing.items() if key != "request_id"
    }


async def without_id(refusal: Any) -> dict[str, Any]:
    return {key: each for key, each in (await refusal).items() if key != "request_id"}


async def test_links_lead_to_their_hosts_or_say_why_they_do_not(busy_world: World, admin: Caller) -> None:
    pooled = await busy_world.ask(admin, "preview_availability", meeting_type="Outbound Demo", link="sdr-pool")
    through_pool = await busy_world.ask(admin, "preview_availability", **POOL)
    assert pooled["days"] == through_pool["days"]
    own = await busy_world.ask(admin, "preview_availability", meeting_type="30-minute intro", link="rep1-intro")
    assert [host["name"] for host in own["hosts"]] == ["Riley Carter"]


async def test_availability_that_is_off_is_refused_with_the_reason(busy_world: World, admin: Caller) -> None:
    off = OrgStatus("Demo Org", "8.2", "UTC", off=(Off("availability", "The org connection lacks View All Data."),))
    without = replace(busy_world, services=replace(busy_world.services, org_statuses=FixedStatus(off)))
    refusal = await without.refusal(admin, "preview_availability", **POOL)
    assert refusal["code"] == "not_available"
    assert "View All Data" in refusal["message"]


async def test_an_offer_is_its_callers_alone_and_for_a_quarter_of_an_hour(
    busy_world: World, admin: Caller, rep: Caller
) -> None:
    answer = await busy_world.ask(admin, "preview_availability", **POOL, period="friday", timezone="UTC")
    friday = datetime(2026, 11, 27, tzinfo=UTC)
    expected = Offer(
        meeting_type_id=type_of(busy_world, "Outbound Demo")["Id"],
        pool_id=pool_id(busy_world, "SDR Pool"),
        user_ids=(),
        together=False,
        start=friday,
        end=friday + timedelta(days=1),
        zone="UTC",
    )
    assert read_offer(call_of(busy_world, admin), answer["offer_id"]) == expected
    assert datetime.fromisoformat(answer["expires"]["utc"]) == busy_world.clock() + LIFETIME
    for call in (
        call_of(busy_world, rep),
        call_of(busy_world, replace(admin, org_id="00Dxx0000000009EAA")),
        call_of(busy_world, replace(admin, user_id=None, email="agents@demo.example")),
        call_of(busy_world, admin, later=LIFETIME),
    ):
        with pytest.raises(BookItError, match="offer"):
            read_offer(call, answer["offer_id"])
    with pytest.raises(BookItError, match="offer_id"):
        read_offer(call_of(busy_world, admin), answer["offer_id"][:-2] + "AA")
