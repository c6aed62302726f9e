"""Sharing rules as SQL: which rows the rules of an object open to a user.

Source: Salesforce Help, "Sharing Rules", "Criteria-Based Sharing Rules": text is compared with regard to case.
"""

from __future__ import annotations

import json
import re

from app.local_org.engine.names import ObjectNames
from app.local_org.engine.permits import Actor
from app.local_org.engine.sql import Params
from app.local_org.engine.storage import quoted
from app.local_org.schema.model import Audience, AudienceKind, Criterion, Operation, SharingRule

_COMPARED = {
    Operation.LESS: "<",
    Operation.LESS_OR_EQUAL: "<=",
    Operation.GREATER: ">",
    Operation.GREATER_OR_EQUAL: ">=",
}


def terms(actor: Actor, found: ObjectNames, alias: str, params: Params, *, edit: bool) -> list[str]:
    """One condition for each rule that shares with the actor (edit: and lets him edit); each is never null."""
    upwards = found.sobject.grants_by_hierarchy
    return [
        _rows(actor, rule, alias, params)
        for rule in found.sobject.sharing_rules
        if (rule.edit or not edit) and actor.standing.belongs(rule.shared_to, by_hierarchy=upwards)
    ]


def _rows(actor: Actor, rule: SharingRule, alias: str, params: Params) -> str:
    if rule.shared_from is not None:
        return _owned_by(actor, rule.shared_from, f'{alias}."OwnerId"', params)
    parts = [_meets(criterion, alias, params) for criterion in rule.criteria]
    # The logic was checked to be numbers, AND, OR, NOT and parentheses when the metadata was read.
    met = re.sub(r"\d+", lambda number: parts[int(number[0]) - 1], rule.logic)
    if rule.owned_by_all:
        return f"({met})"
    return f"(({met}) AND substr({alias}.\"OwnerId\", 1, 3) = '005')"


def _owned_by(actor: Actor, audience: Audience, owner: str, params: Params) -> str:
    hierarchy = actor.standing.hierarchy
    if audience.kind is AudienceKind.ALL_INTERNAL_USERS:
        return f"substr({owner}, 1, 3) = '005'"
    if audience.kind is AudienceKind.QUEUE:
        return f"{owner} = {params.add(hierarchy.group(audience).group_id)}"
    if audience.kind is AudienceKind.GROUP:
        members = hierarchy.members.get(hierarchy.group(audience).group_id, frozenset[str]())
        return f"{owner} IN ({_listed(members, params)})"
    roles = _listed(hierarchy.roles_of(audience), params)
    users = f'SELECT "Id" FROM "User" WHERE "UserRoleId" IN ({roles})'  # noqa: S608 - roles is a mark
    return f"{owner} IN ({users})"


def _listed(values: frozenset[str], params: Params) -> str:
    return f"SELECT value FROM json_each({params.add(json.dumps(sorted(values)))})"  # noqa: S608 - a mark


def _meets(criterion: Criterion, alias: str, params: Params) -> str:
    column = f"{alias}.{quoted(criterion.field)}"
    negated = criterion.operation in (Operation.NOT_EQUAL, Operation.NOT_CONTAIN)
    any_of = " OR ".join(_fits(criterion.operation, column, params.add(value)) for value in criterion.values)
    return f"(NOT ({any_of}))" if negated else f"({any_of})"


def _fits(operation: Operation, column: str, mark: str) -> str:
    """Whether one value fits: 0 or 1, never null."""
    if operation in (Operation.EQUALS, Operation.NOT_EQUAL):
        return f"{column} IS {mark} COLLATE BINARY"
    if operation in (Operation.CONTAINS, Operation.NOT_CONTAIN):
        return f"coalesce(instr({column}, {mark}) > 0, 0)"
    if operation is Operation.STARTS_WITH:
        return f"coalesce(substr({column}, 1, length({mark})) = {mark} COLLATE BINARY, 0)"
    return f"coalesce({column} {_COMPARED[operation]} {mark}, 0)"
