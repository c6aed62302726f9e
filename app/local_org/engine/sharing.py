"""Which rows a user may see and edit: org-wide defaults, ownership, View All and Modify All.

Basic level: Private rows are their owner's, Read rows are read by all and edited by their owner, ReadWrite rows are
everybody's, a ControlledByParent row follows its master (a junction both of them). Events are private to their owner,
and an invitee owns his child event. The role hierarchy, sharing rules, manual shares and teams are not modelled: a user
whom they would let in does not see the row.
"""

from __future__ import annotations

from app.local_org.engine.names import Names, ObjectNames
from app.local_org.engine.permits import Actor
from app.local_org.engine.sql import Params
from app.local_org.engine.storage import quoted
from app.local_org.errors import Unsupported
from app.local_org.schema.model import Field, Sharing

EVERYBODY = "1"
NOBODY = "0"


def visible(names: Names, actor: Actor, found: ObjectNames, alias: str, params: Params) -> str:
    """The SQL condition under which `alias` is a row that the actor may see; EVERYBODY when all are."""
    rights = actor.rights
    if {"ViewAllData", "ModifyAllData"} & rights.system:
        return EVERYBODY
    if rights.can(found.name, "view_all") or rights.can(found.name, "modify_all"):
        return EVERYBODY
    if found.sobject.sharing in (Sharing.READ, Sharing.READ_WRITE):
        return EVERYBODY
    return _through(names, actor, found, alias, params, edit=False)


def editable(names: Names, actor: Actor, found: ObjectNames, alias: str, params: Params) -> str:
    """The SQL condition under which the actor may edit (and delete) the row."""
    rights = actor.rights
    if "ModifyAllData" in rights.system or rights.can(found.name, "modify_all"):
        return EVERYBODY
    if found.sobject.sharing is Sharing.READ_WRITE:
        return EVERYBODY
    return _through(names, actor, found, alias, params, edit=True)


def _through(names: Names, actor: Actor, found: ObjectNames, alias: str, params: Params, *, edit: bool) -> str:
    if found.masters:
        terms = [_through_parent(names, actor, found, master, alias, params, edit=edit) for master in found.masters]
        limiting = [term for term in terms if term != EVERYBODY]
        return f"({' AND '.join(limiting)})" if limiting else EVERYBODY
    if found.has_owner:
        return f'{alias}."OwnerId" = {params.add(actor.user_id)}'
    if found.name == "User":
        return f'{alias}."Id" = {params.add(actor.user_id)}'
    if found.sobject.sharing is Sharing.READ:
        # No owner: whoever may edit the object at all may edit each row.
        return EVERYBODY
    raise Unsupported(f"sharing {found.sobject.sharing.value} on {found.name}, which has neither owner nor master")


def _through_parent(
    names: Names, actor: Actor, found: ObjectNames, master: Field, alias: str, params: Params, *, edit: bool
) -> str:
    parent = names.object(master.reference_to[0])
    if parent is None:
        raise Unsupported(f"a master of {found.name} that the schema lacks")
    inner = f"{alias}p"
    condition = (editable if edit else visible)(names, actor, parent, inner, params)
    if condition == EVERYBODY:
        return EVERYBODY
    return (
        f"EXISTS (SELECT 1 FROM {quoted(parent.name)} {inner}"  # noqa: S608 - names from the schema
        f' WHERE {inner}."Id" = {alias}.{quoted(master.name)} AND {condition})'
    )
