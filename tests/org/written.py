"""Transactions and Salesforce's answers to them, for the tests of writing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import responses

from app.org.ids import record_id
from tests.org.answers import COMPOSITE

MEETING = record_id("a01xx000003DGb2")
EVENT = record_id("00Uxx000003DGb2")
CLAIM = record_id("a02xx000003DGb2")

HALTED = "PROCESSING_HALTED"
ROLLED_BACK = "ALL_OR_NONE_OPERATION_ROLLED_BACK"


def part(reference: str | None, status: int, body: Any = None) -> dict[str, Any]:
    """The answer to one part."""
    return {"body": body, "httpHeaders": {}, "httpStatusCode": status, "referenceId": reference}


def created(reference: str, new_id: str) -> dict[str, Any]:
    """A record was created by a part of its own."""
    return part(reference, 201, {"id": new_id, "success": True, "errors": []})


def refused(reference: str, code: str, status: int = 400) -> dict[str, Any]:
    """A part that failed."""
    return part(reference, status, [{"errorCode": code, "message": f"{code} about a prospect"}])


def saved(new_id: str = CLAIM) -> dict[str, Any]:
    """A collection's result for a record that was saved."""
    return {"id": new_id, "success": True, "errors": []}


def failed(code: str) -> dict[str, Any]:
    """A collection's result for a record that was not."""
    return {"success": False, "errors": [{"statusCode": code, "message": f"{code} about a prospect", "fields": []}]}


def answer_with(http: responses.RequestsMock, *parts: dict[str, Any]) -> None:
    """The next request is answered with these parts."""
    http.post(COMPOSITE, json={"compositeResponse": list(parts)})


def sent(http: responses.RequestsMock, number: int = 0) -> dict[str, Any]:
    """The JSON of a request that was sent."""
    return json.loads(http.calls[number].request.body or b"")


def sent_parts(http: responses.RequestsMock) -> Sequence[dict[str, Any]]:
    """The parts of the first request."""
    return sent(http)["compositeRequest"]
