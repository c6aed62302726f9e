"""Random graphs that are right by construction, with inputs and records to send through them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from app.bookit.routing.graph import RECORD_FIELDS
from app.org.ids import record_id
from tests.bookit.routing.plain_routing import Json

INPUTS = (
    {"name": "company", "type": "STRING", "required": False},
    {"name": "phone", "type": "PHONE", "required": False},
    {"name": "team size", "type": "DOUBLE", "required": False},
    {"name": "wants_demo", "type": "BOOLEAN", "required": False},
)
WAYS = (("lead", "email"), ("contact", "email"), ("account", "email"), ("account", "domain"))
TEXTS = ("Acme", " acme ", "ACME Corp", "corp", "O'Brien & Söhne", "o'brien & SÖHNE")
PHONES = ("+1 (555) 0100", "+15550100", "555 0100", "555-0100 x12", "0100")
NUMBERS = (0, 1, 999, 1000.0, 1000.5, -3)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
POOL, USER, OTHER, QUEUE, KIND = (
    record_id(f"{start}xx000000000{number}")
    for start, number in (("a0P", 1), ("005", 1), ("005", 2), ("00G", 1), ("a0T", 1))
)

_FITTING = {
    "STRING": ("equals", "not_equals", "contains", "starts_with", "is_blank", "in_list"),
    "PHONE": ("equals", "not_equals", "contains", "starts_with", "is_blank", "in_list"),
    "DOUBLE": ("equals", "not_equals", "greater", "less", "is_blank", "in_list"),
    "BOOLEAN": ("equals", "not_equals", "is_true", "is_false", "is_blank"),
}
_VALUES: dict[str, tuple[Any, ...]] = {
    "STRING": TEXTS, "PHONE": PHONES, "DOUBLE": NUMBERS, "BOOLEAN": (True, False),
}  # fmt: skip
_FIELDS = [(f"input.{each['name']}", str(each["type"])) for each in INPUTS] + [
    (f"{record}.{name}", type_) for record, fields in RECORD_FIELDS.items() for name, type_ in fields.items()
]


@st.composite
def conditions(draw: st.DrawFn) -> Json:
    field, type_ = draw(st.sampled_from(_FIELDS))
    operator = draw(st.sampled_from(_FITTING[type_]))
    condition: Json = {"field": field, "operator": operator}
    if operator == "in_list":
        condition["value"] = draw(st.lists(st.sampled_from(_VALUES[type_]), min_size=1, max_size=3))
    elif not operator.startswith("is_"):
        condition["value"] = draw(st.sampled_from(_VALUES[type_]))
    return condition


@st.composite
def graphs(draw: st.DrawFn) -> list[Json]:
    """A trigger, a match for each kind of record, some nodes that branch, and five that end. Edges lead onward; every
    node of the middle is one step from the next, so that what the first ones find may be known in all of them."""
    middle = [f"middle {number}" for number in range(draw(st.integers(1, 6)))]
    ends = ["to pool", "to user", "away", "no meeting", "nothing"]
    chain = ["find contact", "find lead", "find account"]
    order = [*chain, *middle, *ends]

    def later(name: str) -> str:
        return draw(st.sampled_from(order[order.index(name) + 1 :]))

    nodes: list[Json] = [
        {"name": "form", "kind": "trigger", "inputs": list(INPUTS), "next": chain[0]},
        {"name": "to pool", "kind": "schedule", "meeting_type": KIND, "pool": POOL},
        {"name": "to user", "kind": "schedule", "meeting_type": KIND, "user": USER},
        {"name": "away", "kind": "redirect", "url": "https://demo.example/away?a=b"},
        {"name": "no meeting", "kind": "end_of_flow", "reason": "Too small."},
        {"name": "nothing", "kind": "end_of_flow"},
    ]
    nodes += [
        draw(matches(name, name.removeprefix("find "), order[order.index(name) + 1], later(name))) for name in chain
    ]
    for name in middle:
        after = order[order.index(name) + 1]
        kind = draw(st.sampled_from(("match", "decision", "decision", "owner")))
        if kind == "match":
            nodes.append(draw(matches(name, draw(st.sampled_from(list(RECORD_FIELDS))), after, later(name))))
        elif kind == "owner":
            owner_of = draw(st.sampled_from(list(RECORD_FIELDS)))
            nodes.append(
                {"name": name, "kind": "schedule", "meeting_type": KIND, "owner_of": owner_of, "otherwise": after}
            )
        else:
            nodes.append({"name": name, "kind": "decision", "branches": [], "otherwise": after})
            for number in range(draw(st.integers(1, 3))):
                tests = draw(st.lists(conditions(), min_size=1, max_size=3))
                key = draw(st.sampled_from(("all", "any")))
                nodes[-1]["branches"].append({"name": f"branch {number}", key: tests, "next": later(name)})
    return draw(st.permutations(nodes))


@st.composite
def matches(draw: st.DrawFn, name: str, record: str, found: str, not_found: str) -> Json:
    by = draw(st.sampled_from([by for of, by in WAYS if of == record]))
    tie_breaker = draw(st.sampled_from(("most_recently_modified", "oldest", "owner_active_first")))
    edges = {"found": found, "not_found": not_found}
    return {"name": name, "kind": "match", "record": record, "by": by, "tie_breaker": tie_breaker, **edges}


def given_inputs() -> st.SearchStrategy[Json]:
    """As a form has them: some left out, some blank."""
    values: dict[str, st.SearchStrategy[Any]] = {
        "company": st.sampled_from((*TEXTS, "", "  ")),
        "phone": st.sampled_from((*PHONES, "")),
        "team size": st.sampled_from(NUMBERS),
        "wants_demo": st.booleans(),
    }
    return st.fixed_dictionaries({}, optional=values)


@st.composite
def rows_of(draw: st.DrawFn, record: str) -> list[Json]:
    """A few records, many of them tied."""
    found: list[Json] = []
    for number in draw(st.permutations(range(draw(st.integers(0, 4))))):
        owner = draw(st.sampled_from((USER, OTHER, None)))
        active = owner is not None and draw(st.booleans())
        fields: Json = {name: draw(st.sampled_from((*TEXTS, None))) for name in RECORD_FIELDS[_kind(record)]}
        fields |= {"id": f"{record}{number}", "owner": owner or QUEUE, "owner_is_active": active}
        days = st.integers(0, 1).map(lambda day: NOW - timedelta(days=day))
        found.append(
            {
                "id": f"{record}{number}", "owner": owner, "active": active, "fields": fields,
                "created": draw(days), "modified": draw(days),
            }
        )  # fmt: skip
    return found


def _kind(record: str) -> Any:
    return record
