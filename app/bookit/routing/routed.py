"""What of a routing an offer carries, so that whoever books on it knows the prospect and can write the routing log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.bookit.routing.graph import Record, Value
from app.bookit.routing.walk import Walked


@dataclass(frozen=True, slots=True)
class RoutedProspect:
    """As the form gave him; None where it did not."""

    email: str
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    company: str | None = None


@dataclass(frozen=True, slots=True)
class Routed:
    """A routing that ended at a calendar. Straight to a meeting type: without trigger_node, graph_id, inputs and path.

    log_id: the caller's BookIt Log Id. inputs: those of the trigger node. path: (node, branch), the branch None where a
    node has one way on. matched: ids of the lead, contact and account that the match nodes took.
    """

    prospect: RoutedProspect
    log_id: str | None = None
    trigger_node: str | None = None
    graph_id: str | None = None
    inputs: Mapping[str, Value] | None = None
    path: tuple[tuple[str, str | None], ...] = ()
    matched: Mapping[Record, str] | None = None


def path_of(walked: Walked) -> tuple[tuple[str, str | None], ...]:
    return tuple((step.node, step.branch) for step in walked.path)


def matched_ids(walked: Walked) -> Mapping[Record, str]:
    return {record: each.record.id for record, each in walked.matched.items()}
