"""Activities are private: whose Events who sees."""

from __future__ import annotations

import pytest

from app.local_org.errors import ApiError
from tests.local_org.engine.test_ownership_and_roles import lead
from tests.support.small_org import SmallOrg

_CALL = {"StartDateTime": "2026-11-25T10:00:00Z", "DurationInMinutes": 30, "Subject": "Call"}


def _load(small: SmallOrg, **more: object) -> str:
    return small.org.load("Event", [{**_CALL, "OwnerId": small.people["rep"], **more}])[0]


def _sees(small: SmallOrg, handle: str) -> set[str]:
    return {row["Id"] for row in small.acting(handle).query("SELECT Id FROM Event")["records"]}


def test_an_event_is_its_owners_and_his_managers(small: SmallOrg) -> None:
    event, private = _load(small), _load(small, IsPrivate=True)
    lead(small, "other", "rep")
    assert _sees(small, "rep") == {event, private}
    assert _sees(small, "other") == {event}
    assert _sees(small, "guest") == set()
    assert _sees(small, "admin") == {event, private}
    with pytest.raises(ApiError, match="NOT_FOUND"):
        small.acting("other").get("Event", private)
    # He edits what he sees, once his profile lets him edit events at all.
    profile = small.id_of("Profile", "Standard User")
    small.acting("admin").update("User", small.people["other"], {"ProfileId": profile})
    small.acting("other").update("Event", event, {"Subject": "Moved"})
    with pytest.raises(ApiError, match="INSUFFICIENT_ACCESS_OR_READONLY"):
        small.acting("other").update("Event", private, {"Subject": "Moved"})
    small.acting("other").delete("Event", event)
    assert _sees(small, "rep") == {private}


def test_who_reads_the_record_that_an_event_is_about_reads_it_too(small: SmallOrg) -> None:
    contact = small.org.load("Contact", [{"LastName": "Prospect", "OwnerId": small.people["rep"]}])[0]
    event = _load(small, WhoId=contact)
    _load(small, WhoId=contact, IsPrivate=True)
    assert _sees(small, "other") == set()
    small.assign("other", "CRM_Records")
    assert _sees(small, "other") == {event}
    access = (
        "SELECT RecordId, HasReadAccess, HasEditAccess, MaxAccessLevel FROM UserRecordAccess"
        f" WHERE UserId = '{small.people['other']}' AND RecordId = '{event}'"
    )
    row = small.acting("other").query(access)["records"][0]
    assert (row["HasReadAccess"], row["HasEditAccess"], row["MaxAccessLevel"]) == (True, False, "Read")
