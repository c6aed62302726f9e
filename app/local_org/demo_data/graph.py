"""The org's routing graph, live and with every kind of node; the one that it replaced; and whose accounts are whose."""

from __future__ import annotations

import json
from itertools import cycle
from typing import Any, Final

from app.local_org.demo_data.booking import Prospect
from app.local_org.demo_data.cast import UNPOOLED
from app.local_org.demo_data.customers import ACCOUNTS
from app.local_org.demo_data.model import DemoData, NewId, bookit, custom
from app.local_org.demo_data.setup import ENTERPRISE_AMEA, INBOUND_DEMO, POOL_WEST, RENEWAL, Ids

LIVE: Final = "Inbound routing"
RETIRED: Final = "Inbound routing, last year"
WEBSITE_FORM: Final = "Website form"
EVENT_FORM: Final = "Event form"
SIGN_UP: Final = "https://demo.example/sign-up"
ENTERPRISE_FROM: Final = 1000
"""Employees from which a company is sent to the enterprise team."""


def add_graphs(data: DemoData, new_id: NewId, ids: Ids) -> None:
    """Two graphs, one of them live; and every account a website and an owner. Draws nothing at random."""
    _hand_out_accounts(data)
    for name, is_live, nodes in ((RETIRED, False, _retired(ids)), (LIVE, True, _live(data, ids))):
        definition = json.dumps({"nodes": nodes})
        row = {"Id": new_id(bookit("Graph")), "Name": name, "OwnerId": data.people["admin"]}
        data.add(bookit("Graph"), row | custom(Is_Live=is_live, Definition=definition))


def _hand_out_accounts(data: DemoData) -> None:
    """Websites are of the domain of the company's addresses. The owner of the last account has left."""
    companies = {name: company for company, name in ACCOUNTS.items()}
    accounts = data.of("Account")
    for account, person in zip(accounts, cycle(UNPOOLED), strict=False):
        domain = Prospect("", companies[account["Name"]]).email.rpartition("@")[2]
        account["OwnerId"] = data.people["inactive" if account is accounts[-1] else person.handle]
        account["Website"] = f"https://www.{domain}"


def _live(data: DemoData, ids: Ids) -> list[dict[str, Any]]:
    inbound, renewal = ids.types[INBOUND_DEMO], ids.types[RENEWAL]
    return [
        {
            "name": WEBSITE_FORM,
            "kind": "trigger",
            "inputs": [
                {"name": "email", "type": "STRING"},
                {"name": "phone", "type": "PHONE", "required": False},
                {"name": "company", "type": "STRING"},
                {"name": "employees", "type": "DOUBLE"},
                {"name": "wants_demo", "type": "BOOLEAN"},
            ],
            "next": "Known contact",
        },
        {
            "name": EVENT_FORM,
            "kind": "trigger",
            "inputs": [{"name": "email", "type": "STRING"}, {"name": "event", "type": "STRING"}],
            "next": "Known lead",
        },
        _match(
            "Known contact", "contact", "email", "most_recently_modified", "Account by contact", "Account by domain"
        ),
        _match("Account by contact", "account", "email", "owner_active_first", "Customer's owner", "Wants a demo"),
        _match("Account by domain", "account", "domain", "oldest", "Customer's owner", "Wants a demo"),
        {
            "name": "Customer's owner",
            "kind": "schedule",
            "meeting_type": renewal,
            "owner_of": "account",
            "otherwise": "Wants a demo",
        },
        {
            "name": "Wants a demo",
            "kind": "decision",
            "branches": [_branch("no demo", "Competitor", _input("wants_demo", "is_false"))],
            "otherwise": "Company size",
        },
        {
            "name": "Company size",
            "kind": "decision",
            "branches": [
                _branch("enterprise", "Enterprise team", _input("employees", "greater", ENTERPRISE_FROM - 1)),
                _branch("very small", "Sign up alone", _input("employees", "less", 10)),
            ],
            "otherwise": "West team",
        },
        {
            "name": "Competitor",
            "kind": "decision",
            "branches": [_branch("competitor", "No meeting", _input("company", "in_list", ["Umbrella", "Stark"]))],
            "otherwise": "Sign up alone",
        },
        _match("Known lead", "lead", "email", "most_recently_modified", "Lead's event", "Event host"),
        {
            "name": "Lead's event",
            "kind": "decision",
            "branches": [
                {
                    "name": "worked already",
                    "any": [
                        {"field": "lead.company", "operator": "is_blank"},
                        {"field": "lead.owner_is_active", "operator": "is_true"},
                    ],
                    "next": "West team",
                }
            ],
            "otherwise": "Event host",
        },
        {"name": "West team", "kind": "schedule", "meeting_type": inbound, "pool": ids.pools[POOL_WEST]},
        {"name": "Enterprise team", "kind": "schedule", "meeting_type": inbound, "pool": ids.pools[ENTERPRISE_AMEA]},
        {"name": "Event host", "kind": "schedule", "meeting_type": inbound, "user": data.people["rep8"]},
        {"name": "Sign up alone", "kind": "redirect", "url": SIGN_UP},
        {"name": "No meeting", "kind": "end_of_flow", "reason": "Competitors are not met."},
    ]


def _retired(ids: Ids) -> list[dict[str, Any]]:
    return [
        {
            "name": WEBSITE_FORM,
            "kind": "trigger",
            "inputs": [{"name": "email", "type": "STRING"}],
            "next": "West team",
        },
        {
            "name": "West team",
            "kind": "schedule",
            "meeting_type": ids.types[INBOUND_DEMO],
            "pool": ids.pools[POOL_WEST],
        },
    ]


def _match(name: str, record: str, by: str, tie_breaker: str, found: str, not_found: str) -> dict[str, Any]:
    edges = {"found": found, "not_found": not_found}
    return {"name": name, "kind": "match", "record": record, "by": by, "tie_breaker": tie_breaker, **edges}


def _branch(name: str, after: str, condition: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "all": [condition], "next": after}


def _input(name: str, operator: str, value: object = None) -> dict[str, Any]:
    """A condition on an input of the trigger node."""
    compared = {} if value is None else {"value": value}
    return {"field": f"input.{name}", "operator": operator, **compared}
