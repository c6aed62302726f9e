"""Salesforce's REST answers, as captured from real orgs."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import responses

from tests.org.grants_in_memory import INSTANCE

DATA = f"{INSTANCE}/services/data/v66.0"
QUERY = f"{DATA}/query/"
COMPOSITE = f"{DATA}/composite"


def page(*records: dict[str, Any], total: int | None = None, next_url: str | None = None) -> dict[str, Any]:
    """A page of a query's answer."""
    body: dict[str, Any] = {"totalSize": len(records) if total is None else total, "done": next_url is None}
    if next_url is not None:
        body["nextRecordsUrl"] = next_url
    return body | {"records": list(records)}


def record(kind: str, **values: Any) -> dict[str, Any]:
    """A record with its attributes in front."""
    return {"attributes": {"type": kind, "url": f"/services/data/v66.0/sobjects/{kind}/x"}} | values


def error(code: str, message: str = "a message of Salesforce's") -> list[dict[str, str]]:
    """The body of a refused request."""
    return [{"message": message, "errorCode": code}]


def user_row(user_id: str, **changes: Any) -> dict[str, Any]:
    """The row of signin/user."""
    values: dict[str, Any] = {
        "Id": user_id,
        "Name": "Ada Rep",
        "Email": "ada@acme.example",
        "Username": "ada@acme.example",
        "IsActive": True,
        "TimeZoneSidKey": "America/Los_Angeles",
    }
    return record("User", **(values | changes))


def sent_soql(http: responses.RequestsMock, number: int = 0) -> str:
    """The SOQL of a GET that was sent."""
    return parse_qs(urlsplit(str(http.calls[number].request.url)).query)["q"][0]
