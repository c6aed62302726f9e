"""The walk through a graph, against the naive reading of its stored JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bookit.routing.definition import graph_from
from app.bookit.routing.graph import EndOfFlow, Graph, GraphError, Trigger
from app.bookit.routing.inputs import checked_inputs
from app.bookit.routing.matching import Found, KnownRecord, ways_from
from app.bookit.routing.walk import ToAddress, ToCalendar, ToNothing, Walked, walk
from tests.bookit.routing.graphs import WAYS, given_inputs, graphs, rows_of
from tests.bookit.routing.plain_routing import Json, Rows, plain_way


def routed(nodes: Sequence[Json], inputs: Json, rows: Rows) -> Walked:
    graph = graph_from("g", "Graph", json.dumps({"nodes": nodes}))
    (trigger,) = graph.triggers
    found: Found = {way: [known(row) for row in rows[way]] for way in ways_from(graph, trigger)}
    return walk(graph, trigger, checked_inputs(trigger, inputs), found)


def known(row: Json) -> KnownRecord:
    return KnownRecord(
        row["id"], row["fields"], row["created"], row["modified"], row["owner"] if row["active"] else None
    )


def shown(walked: Walked) -> Json:
    match walked.outcome:
        case ToCalendar(kind, pool, user, owner_of):
            whom = {"pool": pool, "user": user, "owner_of": owner_of}
            return {"type": kind, **{name: each for name, each in whom.items() if each is not None}}
        case ToAddress(url):
            return {"url": url}
        case ToNothing(reason):
            return {"reason": reason}


@given(nodes=graphs(), inputs=given_inputs(), rows=st.fixed_dictionaries({way: rows_of(way[0]) for way in WAYS}))
def test_the_walk_ends_where_the_naive_reading_ends_and_by_the_same_way(
    nodes: list[Json], inputs: Json, rows: Any
) -> None:
    walked = routed(nodes, inputs, rows)
    outcome, way = plain_way(nodes, "form", inputs, rows)
    assert shown(walked) == outcome
    assert [(step.node, step.branch) for step in walked.path] == way
    assert len(walked.path) <= len(nodes)
    assert [step.kind for step in walked.path] == [
        next(node["kind"] for node in nodes if node["name"] == name) for name, _ in way
    ]


@given(nodes=graphs(), inputs=given_inputs(), rows=st.fixed_dictionaries({way: rows_of(way[0]) for way in WAYS}))
def test_what_was_matched_is_of_a_match_node_of_the_way_that_found_it(
    nodes: list[Json], inputs: Json, rows: Any
) -> None:
    walked = routed(nodes, inputs, rows)
    by_name = {node["name"]: node for node in nodes}
    last = {by_name[step.node]["record"]: by_name[step.node] for step in walked.path if step.branch == "found"}
    assert set(walked.matched) == set(last)
    for record, chosen in walked.matched.items():
        node = last[record]
        among = rows[record, node["by"]]
        assert chosen.record.id in {row["id"] for row in among}
        assert (chosen.of, chosen.tie_breaker) == (len(among), node["tie_breaker"])


@given(nodes=graphs(), inputs=given_inputs(), rows=st.fixed_dictionaries({way: rows_of(way[0]) for way in WAYS}))
def test_the_same_prospect_takes_the_same_way_in_whatever_order_records_and_nodes_come(
    nodes: list[Json], inputs: Json, rows: Any
) -> None:
    turned = {way: [*reversed(each)] for way, each in rows.items()}
    first, second = routed(nodes, inputs, rows), routed([*reversed(nodes)], inputs, turned)
    assert (shown(first), first.path) == (shown(second), second.path)


def test_only_what_a_flow_can_meet_is_looked_for() -> None:
    nodes: list[Json] = [
        {"name": "a", "kind": "trigger", "inputs": [], "next": "end"},
        {"name": "b", "kind": "trigger", "inputs": [], "next": "find"},
        {
            "name": "find", "kind": "match", "record": "account", "by": "domain", "tie_breaker": "oldest",
            "found": "end", "not_found": "end",
        },
        {"name": "end", "kind": "end_of_flow"},
    ]  # fmt: skip
    graph = graph_from("g", "Graph", json.dumps({"nodes": nodes}))
    first, second = graph.triggers
    assert ways_from(graph, first) == frozenset()
    assert ways_from(graph, second) == {("account", "domain")}


def test_a_graph_that_nobody_checked_is_left_after_as_many_steps_as_it_has_nodes() -> None:
    loop = Graph("g", "Graph", {"a": Trigger("a", (), "a"), "b": EndOfFlow("b", None)})
    with pytest.raises(GraphError, match="did not end"):
        walk(loop, loop.triggers[0], {}, {})
