"""Graphs that are none: each is refused with the name of the node that is wrong, and nothing else ever comes of one."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bookit.routing.definition import MAX_INPUTS, graph_from
from app.bookit.routing.graph import MAX_LENGTH, GraphError
from tests.bookit.routing.graphs import KIND, POOL, USER, graphs
from tests.bookit.routing.plain_routing import Json

RIGHT: list[Json] = [
    {
        "name": "form", "kind": "trigger", "next": "find",
        "inputs": [{"name": "email", "type": "STRING"}, {"name": "size", "type": "DOUBLE"}],
    },
    {
        "name": "find", "kind": "match", "record": "lead", "by": "email", "tie_breaker": "oldest", "found": "large?",
        "not_found": "away",
    },
    {
        "name": "large?", "kind": "decision", "otherwise": "owner",
        "branches": [
            {"name": "large", "all": [{"field": "input.size", "operator": "greater", "value": 9}], "next": "pool"},
            {"name": "ours", "any": [{"field": "lead.company", "operator": "is_blank"}], "next": "pool"},
        ],
    },
    {"name": "owner", "kind": "schedule", "meeting_type": KIND, "owner_of": "lead", "otherwise": "end"},
    {"name": "pool", "kind": "schedule", "meeting_type": KIND, "pool": POOL},
    {"name": "away", "kind": "redirect", "url": "https://demo.example"},
    {"name": "end", "kind": "end_of_flow"},
]  # fmt: skip


def test_a_graph_that_is_right_is_read_whole() -> None:
    graph = graph_from("g", "Graph", json.dumps({"nodes": RIGHT}))
    assert list(graph.nodes) == [node["name"] for node in RIGHT]
    assert [each.required for each in graph.triggers[0].inputs] == [True, True]


def put(name: str, *path: Any, to: Any) -> Callable[[list[Json]], None]:
    """A change of the node of that name, at the end of a path of keys and indexes."""

    def change(nodes: list[Json]) -> None:
        at: Any = next(node for node in nodes if node["name"] == name)
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = to

    return change


def without(name: str, key: str) -> Callable[[list[Json]], None]:
    def change(nodes: list[Json]) -> None:
        del next(node for node in nodes if node["name"] == name)[key]

    return change


def also(node: Json) -> Callable[[list[Json]], None]:
    return lambda nodes: nodes.append(node)


CONDITION = ("branches", 0, "all", 0)

WRONG: list[tuple[str, str, Callable[[list[Json]], None]]] = [
    ("find", "kind must be one of", put("find", "kind", to="assign")),
    ("find", "kind must be one of", put("find", "kind", to=["match"])),
    ("find", "kind must be one of", without("find", "kind")),
    ("end", "same name", also({"name": "end", "kind": "end_of_flow"})),
    ("form", "'nowhere', which is no node", put("form", "next", to="nowhere")),
    ("find", "'nowhere', which is no node", put("find", "not_found", to="nowhere")),
    ("large?", "'nowhere', which is no node", put("large?", "branches", 1, "next", to="nowhere")),
    ("owner", "'nowhere', which is no node", put("owner", "otherwise", to="nowhere")),
    ("find", "where flows only begin", put("find", "not_found", to="form")),
    ("find", "record must be one of", put("find", "record", to="opportunity")),
    ("find", "by must be one of", put("find", "by", to="phone")),
    ("find", "matched by domain", put("find", "by", to="domain")),
    ("find", "tie_breaker must be one of", without("find", "tie_breaker")),
    ("find", "found must be a text", put("find", "found", to=7)),
    ("find", "unknown key 'limit'", put("find", "limit", to=1)),
    ("form", "inputs must be a list of objects", without("form", "inputs")),
    ("form", "inputs must be a list of objects", put("form", "inputs", to=["email"])),
    ("form", "type must be one of", put("form", "inputs", 1, "type", to="INTEGER")),
    ("form", "two inputs named 'email'", put("form", "inputs", 1, "name", to="email")),
    ("form", "required must be true or false", put("form", "inputs", 1, "required", to="no")),
    ("form", "unknown key 'default'", put("form", "inputs", 1, "default", to=0)),
    ("form", f"more than {MAX_INPUTS} inputs", put(
        "form", "inputs", to=[{"name": f"i{at}", "type": "DOUBLE"} for at in range(MAX_INPUTS + 1)])),
    ("form", "'email' must be of the type STRING", put("form", "inputs", 0, "type", to="BOOLEAN")),
    ("large?", "input 'size', which the trigger node 'form' lacks", put("form", "inputs", 1, "name", to="headcount")),
    ("large?", "input 'size', which the trigger node 'other' lacks", also(
        {"name": "other", "kind": "trigger", "inputs": [], "next": "find"})),
    ("large?", "no branches", put("large?", "branches", to=[])),
    ("large?", "same name", put("large?", "branches", 1, "name", to="large")),
    ("large?", "either all or any", put("large?", "branches", 0, "any", to=[])),
    ("large?", "no conditions", put("large?", "branches", 0, "all", to=[])),
    ("large?", "no field 'size'", put("large?", *CONDITION, "field", to="size")),
    ("large?", "no field 'input.'", put("large?", *CONDITION, "field", to="input.")),
    ("large?", "no field 'lead.secret'", put("large?", *CONDITION, "field", to="lead.secret")),
    ("large?", "no field 'case.id'", put("large?", *CONDITION, "field", to="case.id")),
    ("large?", "operator must be one of", put("large?", *CONDITION, "operator", to=">")),
    ("large?", "does not fit 'size', which is DOUBLE", put("large?", *CONDITION, "operator", to="contains")),
    ("large?", "compares with it", put("large?", *CONDITION, "value", to=None)),
    ("large?", "compares with it", put("large?", *CONDITION, "value", to=float("nan"))),
    ("large?", "compares with it", put("large?", *CONDITION, "value", to=10**400)),
    ("large?", "compared with something else", put("large?", *CONDITION, "value", to="9")),
    ("large?", "compared with something else", put("large?", *CONDITION, "value", to=True)),
    ("large?", "must be a list of texts or numbers", put("large?", *CONDITION, "operator", to="in_list")),
    ("large?", "unknown key 'value'", put("large?", "branches", 1, "any", 0, "value", to="x")),
    ("large?", "finds a record of the kind account", put("large?", *CONDITION, to={
        "field": "account.name", "operator": "equals", "value": "Acme"})),
    ("large?", "finds a record of the kind lead", put("find", "record", to="contact")),
    ("owner", "finds a record of the kind account", put("owner", "owner_of", to="account")),
    ("owner", "finds a record of the kind lead", lambda nodes: nodes.extend([
        {"name": "other", "kind": "trigger", "inputs": [], "next": "owner"}])),
    ("owner", "otherwise must be a text", without("owner", "otherwise")),
    ("owner", "exactly one of pool, user and owner_of", put("owner", "user", to=USER)),
    ("pool", "exactly one of pool, user and owner_of", without("pool", "pool")),
    ("pool", "unknown key 'otherwise'", put("pool", "otherwise", to="end")),
    ("pool", "pool must be the id of a record", put("pool", "pool", to="Pool West - USA")),
    ("pool", "meeting_type must be the id of a record", put("pool", "meeting_type", to=KIND[:-1] + "B")),
    ("pool", "meeting_type must be a text", without("pool", "meeting_type")),
    *(
        ("away", "url must be", put("away", "url", to=url))
        for url in ("http://demo.example", "javascript:alert(1)", "https://", "https://a@b.example", "https://[", 5)
    ),
    ("end", "reason must be a text", put("end", "reason", to=["x"])),
    ("end", "reason must be a text", put("end", "reason", to="two\nlines")),
]  # fmt: skip


@pytest.mark.parametrize(("node", "word", "change"), WRONG)
def test_a_mistake_is_refused_with_the_name_of_its_node(
    node: str, word: str, change: Callable[[list[Json]], None]
) -> None:
    nodes = copy.deepcopy(RIGHT)
    change(nodes)
    with pytest.raises(GraphError) as refusal:
        graph_from("g", "Graph", json.dumps({"nodes": nodes}))
    assert refusal.value.node == node
    assert word in refusal.value.problem
    assert repr(node) in str(refusal.value)


@pytest.mark.parametrize(
    ("stored", "word"),
    [
        (None, "no JSON object"),
        ("", "no JSON object"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no JSON object"),
        ("{}", "nodes must be a list"),
        ('{"nodes": []}', "no trigger node"),
        ('{"nodes": [{"kind": "end_of_flow"}]}', "name must be a text"),
        ('{"nodes": [{"name": " ", "kind": "end_of_flow"}]}', "name must be a text"),
        (json.dumps({"nodes": RIGHT[1:]}), "no trigger node"),
        (json.dumps({"nodes": RIGHT, "version": 2}), "unknown key 'version'"),
    ],
)
def test_what_is_wrong_as_a_whole_names_no_node(stored: str | None, word: str) -> None:
    with pytest.raises(GraphError) as refusal:
        graph_from("g", "Graph", stored)
    assert refusal.value.node is None
    assert word in str(refusal.value)


@given(nodes=graphs(), data=st.data())
def test_a_graph_with_an_edge_back_is_refused_with_a_node_of_the_circle(nodes: list[Json], data: st.DataObject) -> None:
    circle = ["find contact", "find lead", "find account", "middle 0"]
    at = data.draw(st.sampled_from([name for name in circle if name != "find contact"]))
    node = next(each for each in nodes if each["name"] == at)
    node["not_found" if "not_found" in node else "otherwise"] = "find contact"
    with pytest.raises(GraphError, match="back to itself") as refusal:
        graph_from("g", "Graph", json.dumps({"nodes": nodes}))
    assert refusal.value.node in {each["name"] for each in nodes} - {"form", "away", "nothing", "no meeting"}


def test_a_way_may_be_as_long_as_the_limit_and_no_longer() -> None:
    def chain(length: int) -> str:
        steps = [
            {"name": f"n{at}", "kind": "match", "record": "lead", "by": "email", "tie_breaker": "oldest",
             "found": f"n{at + 1}", "not_found": f"n{at + 1}"}
            for at in range(1, length - 1)
        ]  # fmt: skip
        first: Json = {"name": "n0", "kind": "trigger", "inputs": [], "next": "n1"}
        return json.dumps({"nodes": [first, *steps, {"name": f"n{length - 1}", "kind": "end_of_flow"}]})

    assert len(graph_from("g", "Graph", chain(MAX_LENGTH)).nodes) == MAX_LENGTH
    for length in (MAX_LENGTH + 1, 1_500):
        with pytest.raises(GraphError, match=f"more than {MAX_LENGTH} nodes") as refusal:
            graph_from("g", "Graph", chain(length))
        assert refusal.value.node == f"n{MAX_LENGTH}"


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)


def places(at: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside of JSON."""
    inside: list[tuple[Any, Any]] = []
    if isinstance(at, list):
        inside += enumerate(cast("list[Any]", at))
    elif isinstance(at, dict):
        inside += cast("dict[str, Any]", at).items()
    for key, value in inside:
        yield (*path, key)
        yield from places(value, *path, key)


PLACES = [*places(RIGHT)]


@given(path=st.sampled_from(PLACES), value=st.one_of(ANYTHING, st.sampled_from([node["name"] for node in RIGHT])))
def test_whatever_stands_anywhere_in_a_definition_it_is_a_graph_or_a_refusal(path: tuple[Any, ...], value: Any) -> None:
    nodes: Any = copy.deepcopy(RIGHT)
    at = nodes
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    names = {json.dumps(cast("Json", node).get("name")) for node in nodes if isinstance(node, dict)}
    blamed: str | None = None
    try:
        graph = graph_from("g", "Graph", json.dumps({"nodes": nodes}))
    except GraphError as refusal:
        blamed = refusal.node
    else:
        assert {json.dumps(name) for name in graph.nodes} == names
    assert blamed is None or json.dumps(blamed) in names
