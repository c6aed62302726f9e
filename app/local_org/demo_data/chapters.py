"""A large org: the ordinary data again and again, each chapter of it further back in time than the one before.

The first chapter is what a small org holds, so what is asked about these months has the same answer in both. A copy
lies whole weeks earlier: in office hours, but for an hour where a zone has summer time in one and not in the other.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import ceil

from app.local_org.demo_data.load import demo_data, load
from app.local_org.demo_data.meetings import DAYS_AHEAD, days_back
from app.local_org.demo_data.model import bookit
from app.local_org.demo_data.options import DemoOptions
from app.local_org.org import LocalOrg

CHAPTER = 10_000
"""Meetings that are made one by one, and held in memory while they are."""

_STORY_MARGIN = timedelta(days=15)
"""The story and the appointments reach this far beyond the ordinary meetings, at most."""

COPIED = (
    "Event",
    *(bookit(name) for name in ("Meeting", "Attendee", "Meeting_Activity", "Count_Entry", "Credit_Request")),
)
"""What every chapter has rows of its own of; people and set-up are the same in all."""


def load_chapters(org: LocalOrg, options: DemoOptions, *, chapter: int = CHAPTER) -> None:
    """Fill a new org with options.meetings ordinary meetings, in chapters of the same size, at most `chapter`.

    Memory is bounded by one chapter. A file that this did not finish is refused when it is opened.
    """
    chapters = max(ceil(options.meetings / chapter), 1)
    size = ceil(options.meetings / chapters)
    with org.bulk_loading():
        load(org, demo_data(org.schema, replace(options, meetings=size)))
        if chapters == 1:
            return
        weeks = ceil((timedelta(days=days_back(size) + DAYS_AHEAD) + _STORY_MARGIN) / timedelta(weeks=1))
        copies = org.copies(COPIED)
        for number in range(1, chapters):
            copies.insert(number, timedelta(weeks=weeks) * number, options.now)
