"""The steps of a walk: each asks for what people ask for, and says what the model makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.bookit.actions.consistency import inconsistencies
from app.bookit.actions.consistency_reading import read_written
from tests.mcp import walk_refusals as refusals
from tests.mcp.walk_deeds import Deed, Given, Walk
from tests.mcp.walk_meetings import Meeting, Request
from tests.mcp.walk_model import Model
from tests.mcp.walk_setup import KINDS, PEOPLE, POOLS, Kind, Pool

VIEWER = ZoneInfo("America/New_York")
ADMINS = ("admin", "agent")


@dataclass(frozen=True)
class How:
    """who: a rep's handle, or one of ADMINS; later: the preview is agreed to in a step of its own, if ever; by_key:
    under an idempotency key of the caller's own."""

    who: str = "admin"
    later: bool = False
    by_key: bool = False


@dataclass
class Steps:
    walk: Walk = field(default_factory=Walk)
    made_keys: int = 0

    @property
    def model(self) -> Model:
        return self.walk.model

    @property
    def now(self) -> datetime:
        return self.walk.now

    @property
    def today(self) -> date:
        return self.now.astimezone(VIEWER).date()

    def offered(self, kind: Kind, whom: Pool | str, day: date, who: str) -> tuple[str, list[datetime]]:
        """The offer of a day, and its starts: each with whoever is free then, in the order of the turns."""
        of = {"user": self.walk.user(whom)} if isinstance(whom, str) else {"pool": whom.name}
        found = self._availability(who, kind, day, **of)
        hosts = [whom] if isinstance(whom, str) else list(whom.members)
        starts = sorted({at for host in hosts for at in self.model.starts(host, kind, day, VIEWER, self.now)})
        assert _starts(found) == starts
        for slot, at in zip(found["days"][0]["slots"], starts, strict=True):
            free = [self.walk.names.users[each] for each in slot["hosts"]]
            if isinstance(whom, str):
                assert free == [whom]
            else:
                assert free == [each.member for each in self.model.free_in_turn(whom, kind, at, self.now)]
        return found["offer_id"], starts

    def book(self, kind: Kind, whom: Pool | str, offer: str, start: datetime, prospect: int, how: How) -> None:
        pool, user = (None, whom) if isinstance(whom, str) else (whom, None)
        first = self.model.free_in_turn(pool, kind, start, self.now)[0].member if pool else user

        def booked(answer: Given) -> None:
            meeting = answer["meeting"]
            host = self.walk.names.users[meeting["host"]["user_id"]]
            assert host == first  # as it was shown, though it may be another's turn by now
            assert datetime.fromisoformat(meeting["start"]["utc"]) == start
            self.model.book(meeting["meeting_id"], offer, kind, pool, host, start, self.now)

        person = {"first_name": "Jordan", "last_name": "Lee", "company": "Elsewhere"}
        deed = Deed(
            how.who,
            "book_meeting",
            {
                "offer_id": offer,
                "start": start.isoformat(),
                "prospect": {**person, "email": f"jordan{prospect}@elsewhere.example"},
            },
            lambda: refusals.to_booking(self.model, offer, kind, pool, user, start, self.now),
            booked,
            {"guests": ["guest@elsewhere.example"]},
        )
        self._propose(deed, how)

    def cancel(self, meeting: Meeting, how: How) -> None:
        def canceled(_: Given) -> None:
            self.model.cancel(meeting, self.now)

        deed = Deed(
            how.who,
            "cancel_meeting",
            {"meeting_id": meeting.id, "reason": "No longer needed"},
            lambda: refusals.to_cancel(meeting, how.who, self.now),
            canceled,
            {"reason": "Another reason"},
        )
        self._propose(deed, how)

    def places(self, meeting: Meeting, day: date, who: str) -> tuple[str, list[datetime]] | None:
        """Where a meeting can be moved to on a day, with the offer; None if it or the caller cannot."""
        if not meeting.live or meeting.start <= self.now or who not in (*ADMINS, meeting.host):
            return None
        found = self._availability(who, meeting.kind, day, reschedule_of=meeting.id)
        starts = _starts(found)
        assert starts == self.model.starts(meeting.host, meeting.kind, day, VIEWER, self.now, but=meeting)
        return found["offer_id"], starts

    def move(self, meeting: Meeting, start: datetime, how: How, offer: str | None = None) -> None:
        def moved(_: Given) -> None:
            self.model.reschedule(meeting, start)

        deed = Deed(
            how.who,
            "reschedule_meeting",
            {"meeting_id": meeting.id, "start": start.isoformat(), **({"offer_id": offer} if offer else {})},
            lambda: refusals.to_move(self.model, meeting, how.who, start, self.now),
            moved,
            {"start": (start + timedelta(minutes=30)).isoformat()},
        )
        self._propose(deed, how)

    def check_candidates(self, meeting: Meeting, who: str) -> None:
        """All other members, in the order of their turns, each free or not."""
        pool = meeting.pool
        well, answer = self.walk.call(who, "reassign_meeting", meeting_id=meeting.id)
        if not meeting.live or meeting.start <= self.now or pool is None:
            assert (well, answer.get("code")) == (False, "not_available")
            return
        assert well, answer
        others = [each.member for each in self.model.turns(pool, meeting.kind.category, self.now)]
        assert [(self.walk.names.users[each["user_id"]], each["free"]) for each in answer["candidates"]] == [
            (each, not refusals.to_reassign(self.model, meeting, each, self.now))
            for each in others
            if each != meeting.host
        ]

    def hand_over(self, meeting: Meeting, to: str, how: How) -> None:
        def handed_over(_: Given) -> None:
            self.model.reassign(meeting, to, self.now)

        other = next(each for each in PEOPLE if each != to)
        deed = Deed(
            how.who,
            "reassign_meeting",
            {"meeting_id": meeting.id, "new_host": self.walk.user(to)},
            lambda: refusals.to_reassign(self.model, meeting, to, self.now),
            handed_over,
            {"new_host": self.walk.user(other)},
        )
        self._propose(deed, how)

    def ask_for_credit(self, meeting: Meeting, reason: str, how: How) -> None:
        def asked(answer: Given) -> None:
            credit = answer["credit"]
            assert credit["is_automatic"] == self.model.is_automatic(meeting, reason)
            self.model.ask_for_credit(meeting, reason, credit["credit_request_id"], self.now)

        deed = Deed(
            how.who,
            "request_credit",
            {"meeting_id": meeting.id, "reason": reason},
            lambda: refusals.to_credit(meeting, how.who, reason, self.now),
            asked,
            {"comment": "With a comment"},
        )
        self._propose(deed, how)

    def review(self, request: Request, decision: str, how: How) -> None:
        def decided(_: Given) -> None:
            self.model.review(request, decision, self.now)

        deed = Deed(
            how.who,
            "review_credit_request",
            {"credit_request_id": request.id, "decision": decision},
            lambda: refusals.to_review(request, decision, self.now),
            decided,
            {"comment": "With a comment"},
        )
        self._propose(deed, how)

    def check_counts(self) -> None:
        """view_counts answers what the model counts, in the order of the turns; what it leaves out counts nothing."""
        for pool in POOLS:
            found = self.counts(pool)
            for category in (kind.category for kind in KINDS):
                modelled = [
                    (each.member, each.scheduled, each.calibration, each.credits, each.net, each.unconsumed)
                    for each in self.model.turns(pool, category, self.now)
                ]
                assert found.get(category, modelled) == modelled
                assert category in found or not any(any(each[1:]) for each in modelled)

    def counts(self, pool: Pool) -> dict[str, list[tuple[Any, ...]]]:
        """By category, of each member: scheduled, calibration, credits, net, unconsumed credits."""
        answer = self.walk.answer("admin", "view_counts", pool=pool.name)
        return {
            category["meeting_category"]["name"]: [
                (
                    self.walk.names.users[each["user"]["user_id"]],
                    *(each[name] for name in ("scheduled", "calibration", "credits", "net", "unconsumed_credits")),
                )
                for each in category["members"]
            ]
            for category in answer["categories"]
            if category["meeting_category"] is not None
        }

    def close(self) -> None:
        """The last look: what doctor asks of an org."""
        try:
            reader = self.walk.world.services.gateway.as_org_connection(self.walk.world.org_id)
            written = self.walk.loop.run(read_written(reader, self.now, 90))
            assert len(written.meetings) == len(self.model.meetings)
            assert inconsistencies(written) == []
        finally:
            self.walk.close()

    def _propose(self, deed: Deed, how: How) -> None:
        self.made_keys += how.by_key
        self.walk.propose(deed, later=how.later, key=f"key {self.made_keys}" if how.by_key else None)

    def _availability(self, who: str, kind: Kind, day: date, **of: str) -> Given:
        text = day.isoformat()
        asked = {"meeting_type": kind.name, "start": text, "end": text, "timezone": VIEWER.key, "detail": True}
        return self.walk.answer(who, "preview_availability", **asked, **of)


def _starts(found: Given) -> list[datetime]:
    [day] = found["days"]
    return [datetime.fromisoformat(f"{day['date']}T{each[:5]}:00{each[5:]}") for each in day["starts"]]
