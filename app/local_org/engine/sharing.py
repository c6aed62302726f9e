"""Which rows a user may see, edit and delete, as SQL: the org-wide default, ownership, the hierarchy, sharing rules.

- Private rows are their owner's; Read rows are read by all; ReadWrite rows are edited by all, and deleted and given
  away by their owner alone. What is the owner's is also of those above him in the role hierarchy, and what a queue owns
  is its members'. View All and Modify All, of the object or of all data, go past all of it.
  (Salesforce Help, "Organization-Wide Default Access Settings", "Role Hierarchy".)
- A sharing rule opens rows to read, or to edit, never to delete; see sharing_rules.py.
- A ControlledByParent row follows its master (a junction both): who edits the master edits and deletes the detail.
- An Event is its owner's and those above him; who reads the record that it is about reads it too. A private one is its
  owner's alone, but for View All Data ([DOC] Event.IsPrivate: of its details; that it is absent from a query is [BG]).
  An invitee owns his child event, and reads his invitation ([DOC] Object Reference, Event: he can query EventRelation).

Manual shares, teams and territories are not modelled: `refuse_share_rows` refuses the share objects by name.
"""

from __future__ import annotations

import json
from typing import Literal

from app.local_org.engine import sharing_rules
from app.local_org.engine.names import Names, ObjectNames
from app.local_org.engine.permits import Actor
from app.local_org.engine.sql import Params
from app.local_org.engine.storage import quoted
from app.local_org.errors import Unsupported
from app.local_org.schema.model import Field, Sharing

EVERYBODY = "1"

Level = Literal["read", "edit", "full"]
"""full: delete and give to another owner."""

_OPEN_AT: dict[Level, frozenset[Sharing]] = {
    "read": frozenset({Sharing.READ, Sharing.READ_WRITE}),
    "edit": frozenset({Sharing.READ_WRITE}),
    "full": frozenset(),
}


def visible(names: Names, actor: Actor, found: ObjectNames, alias: str, params: Params) -> str:
    """The SQL condition under which `alias` is a row that the actor may see; EVERYBODY when all are."""
    return allowed(names, actor, found, alias, params, "read")


def allowed(names: Names, actor: Actor, found: ObjectNames, alias: str, params: Params, level: Level) -> str:
    """The SQL condition, never null, under which the actor has this much of the row; EVERYBODY when of all."""
    if _sees_past_sharing(actor, found, level) or found.sobject.sharing in _OPEN_AT[level]:
        return EVERYBODY
    if found.masters:
        inner: Level = "read" if level == "read" else "edit"
        terms = [_through_parent(names, actor, found, master, alias, params, inner) for master in found.masters]
        limiting = [term for term in terms if term != EVERYBODY]
        if found.name == "EventRelation" and level == "read" and limiting:
            return f'({" AND ".join(limiting)} OR {alias}."RelationId" = {params.add(actor.user_id)})'
        return f"({' AND '.join(limiting)})" if limiting else EVERYBODY
    if found.has_owner:
        return _through_owner(names, actor, found, alias, params, level)
    if found.name == "User":
        return f'{alias}."Id" = {params.add(actor.user_id)}'
    if found.sobject.sharing is not Sharing.PRIVATE:
        # No owner: whoever may write the object at all may write each row.
        return EVERYBODY
    raise Unsupported(f"sharing {found.sobject.sharing.value} on {found.name}, which has neither owner nor master")


def refuse_share_rows(names: Names, object_name: str) -> None:
    """Raises Unsupported for `Shop__Share`, `EventShare`: manual shares of an object that the org has."""
    folded = object_name.lower()
    for ending, restored in (("__share", "__c"), ("share", "")):
        if folded.endswith(ending):
            found = names.object(folded.removesuffix(ending) + restored)
            if found is not None and found.has_owner:
                raise Unsupported(f"manual sharing: the rows of {object_name}")


def _sees_past_sharing(actor: Actor, found: ObjectNames, level: Level) -> bool:
    rights = actor.rights
    if "ModifyAllData" in rights.system or rights.can(found.name, "modify_all"):
        return True
    return level == "read" and ("ViewAllData" in rights.system or rights.can(found.name, "view_all"))


def _through_owner(names: Names, actor: Actor, found: ObjectNames, alias: str, params: Params, level: Level) -> str:
    owner = f'{alias}."OwnerId"'
    mine = f"{owner} = {params.add(actor.user_id)}"
    terms: list[str] = []
    upwards = found.sobject.grants_by_hierarchy
    if upwards and actor.standing.leads:
        roles = params.add(json.dumps(sorted(actor.standing.leads)))
        users = f'SELECT "Id" FROM "User" WHERE "UserRoleId" IN (SELECT value FROM json_each({roles}))'  # noqa: S608
        terms.append(f"{owner} IN ({users})")
    if queues := actor.standing.queues(by_hierarchy=upwards):
        terms.append(f"{owner} IN (SELECT value FROM json_each({params.add(json.dumps(queues))}))")  # noqa: S608
    if level != "full":
        terms += sharing_rules.terms(actor, found, alias, params, edit=level == "edit")
    if found.name == "Event":
        if level == "read":
            terms += _about(names, actor, found, alias, params)
        if terms:
            terms = [f'({alias}."IsPrivate" = 0 AND ({" OR ".join(terms)}))']
    return f"({' OR '.join([mine, *terms])})" if terms else mine


def _about(names: Names, actor: Actor, found: ObjectNames, alias: str, params: Params) -> list[str]:
    """The record that an activity is about is one that the actor reads."""
    terms: list[str] = []
    for lookup in (found.field("WhoId"), found.field("WhatId")):
        for name in () if lookup is None else lookup.reference_to:
            parent = names.object(name)
            if lookup is None or parent is None or not actor.rights.can(name, "read"):
                continue
            terms.append(_exists(names, actor, parent, lookup, alias, params, "read"))
    return terms


def _through_parent(
    names: Names, actor: Actor, found: ObjectNames, master: Field, alias: str, params: Params, level: Level
) -> str:
    parent = names.object(master.reference_to[0])
    if parent is None:
        raise Unsupported(f"a master of {found.name} that the schema lacks")
    if allowed(names, actor, parent, f"{alias}p", params, level) == EVERYBODY:
        return EVERYBODY
    return _exists(names, actor, parent, master, alias, params, level)


def _exists(
    names: Names, actor: Actor, parent: ObjectNames, lookup: Field, alias: str, params: Params, level: Level
) -> str:
    inner = f"{alias}p"
    condition = allowed(names, actor, parent, inner, params, level)
    return (
        f"EXISTS (SELECT 1 FROM {quoted(parent.name)} {inner}"  # noqa: S608 - names from the schema
        f' WHERE {inner}."Id" = {alias}.{quoted(lookup.name)} AND {condition})'
    )
