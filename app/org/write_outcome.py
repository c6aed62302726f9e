"""What a transaction's answer says: the ids of its records, or why Salesforce took it back.

With allOrNone one bad write takes back all of them, and the others fail along with it, under codes of their own: what
is raised is the one that really failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from app.org.composite import PartAnswer
from app.org.errors import OrgError, OrgErrorCode
from app.org.failures import DUPLICATE, UNEXPECTED, DuplicateKey, UnreadableAnswer, error_code_of, failure_of_answer
from app.org.ids import is_record_id, record_id
from app.org.write_request import PlannedPart
from app.org.writes import Create, Write

TAKEN_ALONG = frozenset({"PROCESSING_HALTED", "ALL_OR_NONE_OPERATION_ROLLED_BACK"})
"""How a write fails that had nothing wrong with it (REST API guide, Composite and sObject Collections)."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """One write that was refused. body: errors in the form of a single record's answer."""

    write: Write
    status: int
    body: Any


def ids_of(planned: Sequence[PlannedPart], answers: Sequence[PartAnswer]) -> Mapping[str, str]:
    """The ids of the Creates that have a name. Raises the OrgError for the write that failed, if one did, and
    UnreadableAnswer for an answer that does not tell."""
    failures = [
        failure for part, answer in zip(planned, answers, strict=True) for failure in _failures_of(part, answer)
    ]
    if failures:
        raise _problem(next((each for each in failures if error_code_of(each.body) not in TAKEN_ALONG), failures[0]))
    return {
        write.name: _id_of(answer)
        for part, answer in zip(planned, answers, strict=True)
        for write in part.writes
        if isinstance(write, Create) and write.name is not None
    }


def _problem(failure: _Failure) -> OrgError:
    if error_code_of(failure.body) == DUPLICATE:
        return DuplicateKey(failure.write.object)
    return failure_of_answer(failure.status, failure.body)


def _failures_of(planned: PlannedPart, answer: PartAnswer) -> Iterator[_Failure]:
    """A collection's status is 200 even if records of it failed; a failed collection may also be refused as a whole."""
    results = _results(planned, answer)
    if results is None:
        if not 200 <= answer.status < 300:
            yield _Failure(planned.writes[0], answer.status, answer.body)
        elif planned.collection:
            raise _unreadable()
        return
    for write, result in zip(planned.writes, results, strict=True):
        if result["success"] is not True:
            yield _Failure(write, 400, _as_of_one_record(result.get("errors")))


def _results(planned: PlannedPart, answer: PartAnswer) -> list[dict[str, Any]] | None:
    """The results of a collection's records, one for each; None for any other body."""
    results = _listed(answer.body)
    if not planned.collection or results is None:
        return None
    if not all(isinstance(result, dict) and "success" in result for result in results):
        return None
    if len(results) != len(planned.writes):
        raise _unreadable()
    return cast("list[dict[str, Any]]", results)


def _as_of_one_record(errors: Any) -> Any:
    """A collection says `statusCode` where the answer about a single record says `errorCode` (docs/FIDELITY.md)."""
    records = [cast("dict[str, Any]", error) for error in _listed(errors) or () if isinstance(error, dict)]
    return [{**error, "errorCode": error.get("statusCode")} for error in records]


def _id_of(answer: PartAnswer) -> str:
    body: Any = answer.body
    created: Any = cast("dict[str, Any]", body).get("id") if isinstance(body, dict) else None
    if not isinstance(created, str) or not is_record_id(created):
        raise _unreadable()
    return record_id(created)


def _listed(body: Any) -> list[Any] | None:
    return cast("list[Any]", body) if isinstance(body, list) else None


def _unreadable() -> OrgError:
    return UnreadableAnswer(OrgErrorCode.INTERNAL, UNEXPECTED)
