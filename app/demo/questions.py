"""The guide's example questions: which call answers each, and what a plain reading of the data says it must hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from app.demo.environment import ADMIN, REP
from app.demo.free_times import FreeTimes, free_times_of_pool
from app.demo.reading import (
    Reading,
    booked_by_month,
    canceled_last_week,
    coming_up_this_week,
    conference_link_at,
    local_day,
    members_without_calendar,
    own_links,
)

Answer = Mapping[str, Any]
"""A tool's structured content."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of one person. `holds` reduces the answer to what `expected` says of the data; both must agree.

    table: which of an answer's rows to print, as (column, text) pairs a row.
    """

    asker: str
    text: str
    tool: str
    arguments: Mapping[str, Any]
    holds: Callable[[Answer], object]
    expected: object
    table: Callable[[Answer], list[dict[str, str]]]


def questions(reading: Reading) -> tuple[Question, ...]:
    """The look-ups, in the guide's order; app.demo.deeds has the two that ask for a deed."""
    admin_zone = reading.zone(ADMIN)
    today = local_day(reading, admin_zone)
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    this_month = today.replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    next_month = (this_month + timedelta(days=32)).replace(day=1)
    return (
        Question(
            ADMIN,
            "Show me all cancelled meetings for the Enterprise AMEA Pool last week.",
            "query_meetings",
            {"pool": "Enterprise AMEA Pool", "status": ["cancelled"], "period": "last_week", "limit": 100},
            _ids,
            canceled_last_week(reading, ADMIN, "Enterprise AMEA Pool"),
            _meetings,
        ),
        Question(
            ADMIN,
            "Which reps in the Pool West - USA have not connected their calendars?",
            "lookup_user",
            {"pool": "Pool West - USA", "calendar_status": ["not_connected"]},
            lambda answer: {person["name"] for person in answer["items"]},
            members_without_calendar(reading, "Pool West - USA"),
            _people,
        ),
        Question(
            ADMIN,
            "How does booking for our Inbound Demo meeting type compare between this month and last?",
            "query_meetings",
            {
                "meeting_type": "Inbound Demo",
                "date_field": "booked",
                "start": f"{last_month.isoformat()}T00:00:00",
                "end": f"{next_month.isoformat()}T00:00:00",
                "timezone": admin_zone.key,
                "group_by": ["month"],
            },
            _counts_by_month,
            _nonzero(booked_by_month(reading, ADMIN, "Inbound Demo", last_month, next_month - timedelta(days=1))),
            _groups,
        ),
        Question(
            ADMIN,
            "Check availability for the SDR Pool with the meeting type Outbound Demo for this Friday.",
            "preview_availability",
            {"pool": "SDR Pool", "meeting_type": "Outbound Demo", "period": "friday"},
            _free_times,
            free_times_of_pool(reading, "SDR Pool", "Outbound Demo", friday, friday, admin_zone),
            _days,
        ),
        Question(
            REP,
            "Give me my booking link for the 30-minute intro meeting.",
            "get_scheduling_links",
            {"meeting_type": "30-minute intro"},
            lambda answer: {link["url"] for link in answer["items"]},
            own_links(reading, REP, "30-minute intro"),
            _booking_links,
        ),
        Question(
            REP,
            "What meetings do I have coming up this week?",
            "query_meetings",
            {"period": "this_week", "upcoming_only": True, "status": ["scheduled", "rescheduled"], "limit": 100},
            _ids,
            coming_up_this_week(reading, REP),
            _meetings,
        ),
        Question(
            REP,
            "What's the conference link for my 2pm meeting tomorrow?",
            "query_meetings",
            {"period": "tomorrow", "status": ["scheduled", "rescheduled"]},
            lambda answer: _link_at(answer, local_day(reading, reading.zone(REP), 1), time(14)),
            conference_link_at(reading, REP, 1, time(14)),
            _links,
        ),
    )


def _ids(answer: Answer) -> set[str]:
    return {meeting["meeting_id"] for meeting in answer["items"]}


def _counts_by_month(answer: Answer) -> dict[str, int]:
    return {group["key"]["month"]: group["count"] for group in answer["groups"] if group["count"]}


def _nonzero(counts: Mapping[str, int]) -> dict[str, int]:
    return {key: count for key, count in counts.items() if count}


def _link_at(answer: Answer, day: date, at: time) -> str | None:
    wanted = f"{day.isoformat()}T{at.isoformat()}"
    links = [m["conference_link"] for m in answer["items"] if m["start"]["local"].startswith(wanted)]
    return links[0] if len(links) == 1 else None


def _free_times(answer: Answer) -> FreeTimes:
    return FreeTimes(
        {day["date"]: [start[:5] for start in day["starts"]] for day in answer["days"]},
        {day["date"]: day["hosts_free"] for day in answer["days"]},
        {host["name"] for host in answer["hosts"] if host["reason"] is not None},
    )


def _meetings(answer: Answer) -> list[dict[str, str]]:
    return [
        {
            "when": f"{meeting['start']['weekday'][:3]} {meeting['start']['local'][:16].replace('T', ' ')}",
            "type": meeting["meeting_type"]["name"],
            "prospect": f"{meeting['prospect']['name']}, {meeting['prospect']['company']}",
            "host": meeting["host"]["name"],
            "status": meeting["status"],
        }
        for meeting in answer["items"]
    ]


def _links(answer: Answer) -> list[dict[str, str]]:
    return [
        {**row, "conference link": meeting["conference_link"]}
        for row, meeting in zip(_meetings(answer), answer["items"], strict=True)
    ]


def _groups(answer: Answer) -> list[dict[str, str]]:
    return [{**{k: str(v) for k, v in g["key"].items()}, "count": str(g["count"])} for g in answer["groups"]]


def _people(answer: Answer) -> list[dict[str, str]]:
    return [
        {"name": person["name"], "e-mail": person["email"], "calendar": person["calendar_status"]}
        for person in answer["items"]
    ]


def _days(answer: Answer) -> list[dict[str, str]]:
    days = [
        {
            "when or who": f"{day['weekday']}, {day['date']}",
            "what": f"{len(day['starts'])} starts, {' to '.join(_ends(day['starts']))}, {day['hosts_free']} hosts free",
        }
        for day in answer["days"]
    ]
    without = [host for host in answer["hosts"] if host["reason"] is not None]
    return days + [{"when or who": host["name"], "what": host["detail"]} for host in without]


def _ends(starts: list[str]) -> list[str]:
    return starts[:: max(len(starts) - 1, 1)] or ["nothing"]


def _booking_links(answer: Answer) -> list[dict[str, str]]:
    return [{"link": link["link_id"], "url": link["url"], "kind": link["kind"]} for link in answer["items"]]
