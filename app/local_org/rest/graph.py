"""`/composite/graph`: several graphs of record operations in one call; each graph is done whole or not at all.

Source: REST API Developer Guide, Composite Graphs; the texts of the limits are background knowledge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from app.local_org.errors import ApiError
from app.local_org.rest.call import Answer, Call
from app.local_org.rest.composite import Subrequests
from app.local_org.rest.composite_request import Subrequest, read_subrequests
from app.local_org.rest.context import Context
from app.local_org.rest.resources import Method, Resource, Resources
from app.local_org.rest.strict_json import bad, object_list, only_keys, text

MAX_NODES = 500
MAX_GRAPHS = 75
_GRAPH_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Graphs:
    """The graph resource over the resources that a node may reach: records, described neither by id nor globally."""

    resources: Resources

    def handle(self, context: Context, call: Call) -> Answer:
        body = call.json_object()
        only_keys(body, {"graphs"}, "CompositeGraphInput")
        graphs = [_graph(entry) for entry in object_list(body, "graphs")]
        ids = [graph_id for graph_id, _ in graphs]
        for graph_id in ids:
            if ids.count(graph_id) > 1:
                raise bad(f"Provided graphId ('{graph_id}') is not unique.")
        if len(graphs) > MAX_GRAPHS:
            raise ApiError(400, "LIMIT_EXCEEDED", f"The request can’t contain more than {MAX_GRAPHS} graphs.")
        if sum(len(nodes) for _, nodes in graphs) > MAX_NODES:
            raise ApiError(400, "LIMIT_EXCEEDED", f"The request can’t contain more than {MAX_NODES} nodes.")
        runner = Subrequests(self.resources, call.version, _is_of_records, "a graph")
        answered: list[dict[str, Any]] = []
        for graph_id, nodes in graphs:
            results, done = runner.all_or_none(context, nodes)
            answered.append(
                {"graphId": graph_id, "graphResponse": {"compositeResponse": results}, "isSuccessful": done}
            )
        return Answer(200, {"graphs": answered})


def _graph(entry: dict[str, Any]) -> tuple[str, tuple[Subrequest, ...]]:
    only_keys(entry, {"graphId", "compositeRequest"}, "GraphInput")
    graph_id = text(entry, "graphId")
    if not _GRAPH_ID.fullmatch(graph_id):
        raise bad(
            f"Provided graphId ('{graph_id}') must start with a letter or a number, and it can contain only letters, "
            "numbers and underscores ('_')."
        )
    return graph_id, read_subrequests(entry.get("compositeRequest"))


def _is_of_records(resource: Resource) -> bool:
    """A node's URL is `/sobjects/T`, `/sobjects/T/id` or `/sobjects/T/Ext__c/value`."""
    return resource.pattern[0:2] == ("sobjects", "{object}") and "describe" not in resource.pattern


def graph_resource(resources: Resources) -> Resource:
    """The resource itself; neither a composite nor a batch holds one."""
    return Resource(
        ("composite", "graph"), {"POST": Method(Graphs(resources).handle)}, in_composite=False, in_batch=False, since=50
    )
