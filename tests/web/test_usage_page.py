"""Usage: off until an admin turns it on; then counts that one can look at and read, and nothing else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.mcp.acting import DECLINED, PREVIEWED
from app.mcp.audited import OK
from app.mcp.calling import ASKED
from app.store.usage import ANSWERED
from app.web.integration.paths import USAGE_PATH
from tests.support.browser import Page
from tests.support.sign_in_server import SignInServer
from tests.web.admin_page import OTHER_ORG, settings, sign_in
from tests.web.used import call, plant

pytestmark = pytest.mark.anyio


def table_of(page: Page, caption: str) -> dict[str, tuple[int, int, int]]:
    """The rows of a table: answered, other, all."""
    table = page.response.text.split(f"<caption>{caption}</caption>")[1].split("</table>")[0]
    rows = (Page.words_of(row) for row in table.split("<tr>")[2:])
    return {" ".join(words[:-3]): (int(words[-3]), int(words[-2]), int(words[-1])) for words in rows}


async def test_it_is_off_by_default_and_a_checkbox_turns_it_on_and_off(own_server: SignInServer) -> None:
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        page = await settings(own_server, browser)
        assert "Calls per day" not in page.text
        assert "<svg" not in page.response.text
        page = await browser.submit(page, {"shown": "yes"}, action=USAGE_PATH)
        assert "Usage is shown" in page.text
        assert "Calls per day" in page.text
        page = await browser.submit(page, {"shown": ""}, action=USAGE_PATH)
        assert "Calls per day" in page.text, "a browser sends a checkbox or it does not; its value says nothing"
        form = next(form for form in page.forms if form.action == USAGE_PATH)
        assert form.fields.pop("shown") == "yes"
        answer = await browser.http.post(own_server.url + USAGE_PATH, data=form.fields)
        assert answer.status_code == 303
        assert "Calls per day" not in (await settings(own_server, browser)).text


async def test_charts_and_tables_show_the_same_counts_by_day_tool_and_outcome(own_server: SignInServer) -> None:
    org_id, now = own_server.people.org_id, own_server.clock()
    await own_server.services.orgs.show_usage(org_id, shown=True)
    await plant(
        own_server.database,
        *(call(org_id, now, "query_meetings", "ok") for _ in range(3)),
        call(org_id, now, "cancel_meeting", "previewed"),
        call(org_id, now - timedelta(days=1), "cancel_meeting", "slot_taken"),
        call(org_id, now - timedelta(days=29), "whoami", "ok"),
        call(org_id, now - timedelta(days=30), "whoami", "ok"),
        call(org_id, now, "<script>alert(1)</script>", "unknown_tool"),
        call(OTHER_ORG, now, "lookup_pool", "ok"),
    )
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        page = await settings(own_server, browser)
    assert "7 calls from 25 Oct 2026 to 23 Nov 2026, days in America/New_York" in page.text
    days = table_of(page, "Calls per day")
    assert len(days) == 30
    assert days["Mon 23 Nov"] == (4, 1, 5)
    assert days["Sun 22 Nov"] == (0, 1, 1)
    assert days["Sun 25 Oct"] == (1, 0, 1)
    assert days["Sat 21 Nov"] == (0, 0, 0)
    assert table_of(page, "Calls by tool") == {
        "query_meetings": (3, 0, 3),
        "cancel_meeting": (1, 1, 2),
        "unknown tool": (0, 1, 1),
        "whoami": (1, 0, 1),
    }
    assert table_of(page, "Calls by outcome") == {
        "ok": (4, 0, 4),
        "previewed": (1, 0, 1),
        "slot_taken": (0, 1, 1),
        "unknown_tool": (0, 1, 1),
    }
    charts = re.findall(r"<svg.*?</svg>", page.response.text, re.DOTALL)
    assert len(charts) == 3
    for chart in charts:
        assert "<title id=" in chart
        assert "<desc id=" in chart
        assert "style=" not in chart
    assert "Mon 23 Nov: 5" in " ".join(Page.words_of(charts[0]))
    assert "alert(1)" not in page.response.text
    assert "lookup_pool" not in "".join(charts)


async def test_days_are_those_of_the_admins_zone(own_server: SignInServer) -> None:
    org_id = own_server.people.org_id
    await own_server.services.orgs.show_usage(org_id, shown=True)
    midnight_in_new_york = own_server.clock().replace(hour=5, minute=0)
    await plant(
        own_server.database,
        call(org_id, midnight_in_new_york - timedelta(seconds=1), "whoami", "ok"),
        call(org_id, midnight_in_new_york, "whoami", "ok"),
        call(org_id, midnight_in_new_york, "whoami", "ok"),
    )
    for handle, sunday, monday in (("admin", 1, 2), ("both", 0, 3)):
        async with own_server.browser() as browser:
            await sign_in(own_server, browser, handle)
            days = table_of(await settings(own_server, browser), "Calls per day")
        assert (days["Sun 22 Nov"][2], days["Mon 23 Nov"][2]) == (sunday, monday)


async def test_no_calls_are_an_empty_chart(own_server: SignInServer) -> None:
    await own_server.services.orgs.show_usage(own_server.people.org_id, shown=True)
    async with own_server.browser() as browser:
        await sign_in(own_server, browser)
        page = await settings(own_server, browser)
    assert "0 calls from" in page.text


def test_what_counts_as_answered_is_what_the_audit_writes() -> None:
    assert {OK, PREVIEWED, ASKED, DECLINED} == ANSWERED
