"""Invitations to make mail of: one that reads well, and any that hypothesis can think of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from app.bookit.invites.invitation import Invitation, Person

SENDER, DOMAIN = "bookit@company.example", "bookit-mcp.example"
NOW = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
START = datetime(2026, 11, 27, 22, 0, tzinfo=UTC)
LOS_ANGELES = ZoneInfo("America/Los_Angeles")

RILEY = Person("Riley Chen", "riley@company.example", "host")
JORDAN = Person("Jordan Lee", "jordan.lee@acme.example", "prospect")
SAM = Person("Sam Ode", "sam@acme.example", "guest")

DEMO = Invitation(
    org_id="00Dxx0000001gEREAY",
    meeting_id="MTG-00042",
    sequence=0,
    method="REQUEST",
    start=START,
    end=START + timedelta(minutes=30),
    zone=LOS_ANGELES,
    summary="Product demo",
    people=(RILEY, JORDAN, SAM),
    conference_link="https://zoom.example/j/42?pwd=a1",
)

ATTACKS = (
    "Jordan\r\nBcc: evil@elsewhere.example",
    "=?utf-8?q?Jordan=0D=0ABcc:_evil@elsewhere.example?=",
    "=?utf-8?b?Sm9yZGFuDQpCY2M6IGV2aWxAZWxzZXdoZXJlLmV4YW1wbGU=?=",
    "==??utf-8?q?=0D=0ABcc:_evil@elsewhere.example?=",
    'Jordan" <evil@elsewhere.example>, "x',
    "Jordan\r\nATTENDEE:mailto:evil@elsewhere.example",
    "Jordan:mailto:evil@elsewhere.example",
    'Jordan";X-EVIL="1":mailto:evil@elsewhere.example\\',
    "Jordan\\nDTSTART:20200101T000000Z",
    "Jordan\u2028METHOD:CANCEL\u0085END:VEVENT\x0b\x0c\x00",
    "\r\n.\r\nRSET\r\nMAIL FROM:<evil@elsewhere.example>",
    "\u202eelpmaxe.ylper@live\u202c",
    "\ud800",
    "^n^^^'",
    "a\\Nb\\;c\\",
    "Zoë, Ünal; O'Brien: 日本 \U0001f469\u200d\U0001f4bb",
    "ü" * 5_000,
    "x" * 5_000,
    "",
    "   ",
)
"""What somebody may type for a name."""

typed_texts = st.sampled_from(ATTACKS) | st.text(max_size=300) | st.text("\r\n\\^\"=?:;,'<>@ aü", max_size=300)

addresses = st.from_regex(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,10}(\.[A-Z0-9!#$%&'*+/=?^_`{|}~-]{1,8})?@[a-z]{1,8}(-[a-z])?\.example",
    fullmatch=True,
)

roles = st.sampled_from(("host", "additional_host", "attendee", "prospect", "guest"))
people = st.builds(Person, typed_texts, addresses, roles)
instants = st.builds(datetime.fromtimestamp, st.integers(946_684_800, 4_102_444_800), st.timezones())


@st.composite
def invitations(draw: st.DrawFn) -> Invitation:
    """Any invitation whose people mail can reach, whatever the texts hold."""
    start = draw(instants)
    uninvited = draw(st.booleans())
    return Invitation(
        org_id=draw(st.sampled_from(("00Dxx0000001gEREAY", "00Dxx0000002gERQAY"))),
        meeting_id=draw(st.from_regex(r"[A-Za-z0-9 ,;:_.-]{1,30}", fullmatch=True)),
        sequence=draw(st.integers(0, 9)),
        method="CANCEL" if uninvited else draw(st.sampled_from(("REQUEST", "CANCEL"))),
        start=start,
        end=(start.astimezone(UTC) + timedelta(minutes=draw(st.integers(1, 10_000)))).astimezone(start.tzinfo),
        zone=ZoneInfo(draw(st.timezone_keys(allow_prefix=False))),
        summary=draw(typed_texts),
        people=tuple(draw(st.lists(people, min_size=1, max_size=4))),
        location=draw(st.none() | typed_texts),
        conference_link=draw(st.none() | typed_texts | st.just("https://zoom.example/j/42?pwd=a1")),
        organizer=draw(st.none() | people),
        uninvited=uninvited,
    )
