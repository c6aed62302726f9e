"""The form of a `/composite` request and of its answer (REST API Developer Guide, Composite)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.org.errors import OrgErrorCode
from app.org.failures import UNEXPECTED, UnreadableAnswer

MAX_PARTS = 25
MAX_COUNTED = 5
"""Parts that are queries or collections."""


@dataclass(frozen=True, slots=True)
class Part:
    """One subrequest. path: below `/services/data/vNN.0/`. body: JSON, None for none."""

    reference_id: str
    method: str
    path: str
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """What a part was answered: its HTTP status and its body as parsed JSON."""

    status: int
    body: Any


def composite_body(version: str, parts: Sequence[Part], *, all_or_none: bool) -> Mapping[str, Any]:
    """The JSON of the request. version: of the API, as `66.0`."""
    return {
        "allOrNone": all_or_none,
        "collateSubrequests": False,
        "compositeRequest": [_subrequest(version, part) for part in parts],
    }


def composite_answers(parts: Sequence[Part], answer: Any) -> list[PartAnswer]:
    """The answers in the order of the parts. Raises UnreadableAnswer if there is not one for each."""
    try:
        answers = {each["referenceId"]: each for each in answer["compositeResponse"]}
        if set(answers) == {None} and len(parts) > 0:
            # A request that is refused as a whole comes back as one nameless part (docs/FIDELITY.md).
            nameless = answers[None]
            return [PartAnswer(int(nameless["httpStatusCode"]), nameless["body"])] * len(parts)
        found = [answers[part.reference_id] for part in parts]
        return [PartAnswer(int(each["httpStatusCode"]), each["body"]) for each in found]
    except (KeyError, TypeError, ValueError):
        raise UnreadableAnswer(OrgErrorCode.INTERNAL, UNEXPECTED) from None


def _subrequest(version: str, part: Part) -> Mapping[str, Any]:
    subrequest: dict[str, Any] = {
        "method": part.method,
        "referenceId": part.reference_id,
        "url": f"/services/data/v{version}/{part.path}",
    }
    if part.body is not None:
        subrequest["body"] = part.body
    if part.headers:
        subrequest["httpHeaders"] = dict(part.headers)
    return subrequest
