"""Sharing read by plain Python, record by record, from Salesforce's help: what the engine's SQL is compared with."""

from __future__ import annotations

import re

from app.local_org.schema.model import Audience, AudienceKind, Criterion, Operation, Sharing, SharingRule
from tests.local_org.engine.sharing_world import SETS, Deal, GroupOf, Person, World, role_name


def may(person: Person, object_name: str, right: str) -> bool:
    """An object permission of the person."""
    held = SETS[person.set_name]
    if right == "read" and "ViewAllData" in held.system_permissions:
        return True
    granted = held.object_permissions.get(object_name)
    return granted is not None and getattr(granted, right)


def is_above(world: World, person: Person, role: int | None) -> bool:
    """Whether the person's role stands above that role."""
    while role is not None:
        role = world.parents[role]
        if role is not None and role == person.role:
            return True
    return False


def role_of(world: World, user_id: str) -> int | None:
    return next(person.role for person in world.people if person.user_id == user_id)


def users_in(world: World, group: GroupOf) -> set[str]:
    inside = set(group.users)
    for place in group.groups:
        inside |= users_in(world, world.groups[place])
    return inside


def in_group(world: World, person: Person, group: GroupOf, bosses: bool) -> bool:
    members = users_in(world, group)
    if person.user_id in members:
        return True
    return world.upwards and bosses and any(is_above(world, person, role_of(world, one)) for one in members)


def has_what_owner_has(world: World, person: Person, deal: Deal) -> bool:
    if deal.owner == world.queue.group_id:
        return in_group(world, person, world.queue, bosses=True)
    if deal.owner == person.user_id:
        return True
    return world.upwards and is_above(world, person, role_of(world, deal.owner))


def roles_named(world: World, audience: Audience) -> set[int]:
    named = next(place for place in range(5) if role_name(place) == audience.name)
    if audience.kind is AudienceKind.ROLE:
        return {named}
    found = {named}
    for place in range(5):
        role: int | None = place
        while role is not None:
            if role == named:
                found.add(place)
            role = world.parents[role]
    return found


def shared_with(world: World, person: Person, audience: Audience) -> bool:
    if audience.kind is AudienceKind.ALL_INTERNAL_USERS:
        return True
    if audience.kind is AudienceKind.GROUP:
        group = next(group for group in world.groups if group.name == audience.name)
        return in_group(world, person, group, group.bosses)
    roles = roles_named(world, audience)
    return person.role in roles or (world.upwards and any(is_above(world, person, role) for role in roles))


def owned_by(world: World, deal: Deal, audience: Audience) -> bool:
    of_queue = deal.owner == world.queue.group_id
    if audience.kind is AudienceKind.QUEUE:
        return of_queue
    if of_queue:
        return False
    if audience.kind is AudienceKind.ALL_INTERNAL_USERS:
        return True
    if audience.kind is AudienceKind.GROUP:
        return deal.owner in users_in(world, next(g for g in world.groups if g.name == audience.name))
    return role_of(world, deal.owner) in roles_named(world, audience)


def meets(deal: Deal, criterion: Criterion) -> bool:
    wanted = criterion.values[0]
    if criterion.field == "Kind__c":
        return (deal.kind == wanted) is (criterion.operation is Operation.EQUALS)
    assert isinstance(wanted, float)
    if deal.amount is None:
        return False
    return deal.amount < wanted if criterion.operation is Operation.LESS else deal.amount >= wanted


def opens(world: World, rule: SharingRule, deal: Deal) -> bool:
    if rule.shared_from is not None:
        return owned_by(world, deal, rule.shared_from)
    if not rule.owned_by_all and deal.owner == world.queue.group_id:
        return False
    one, two = (meets(deal, criterion) for criterion in rule.criteria)
    assert re.fullmatch(r"(NOT )?1 (AND|OR) 2", rule.logic)
    one = not one if rule.logic.startswith("NOT") else one
    return (one or two) if "OR" in rule.logic else (one and two)


def deal_level(world: World, person: Person, deal: Deal) -> int:
    """What sharing gives of a deal: 0 nothing, 1 read, 2 edit, 3 delete and give away."""
    held = SETS[person.set_name]
    if may(person, "Deal__c", "modify_all"):
        return 3
    if has_what_owner_has(world, person, deal):
        return 3
    level = {Sharing.READ: 1, Sharing.READ_WRITE: 2}.get(world.default, 0)
    if may(person, "Deal__c", "view_all") or "ViewAllData" in held.system_permissions:
        level = max(level, 1)
    for rule in world.rules:
        if shared_with(world, person, rule.shared_to) and opens(world, rule, deal):
            level = max(level, 2 if rule.edit else 1)
    return level


def visible_deals(world: World, person: Person) -> set[str]:
    if not may(person, "Deal__c", "read"):
        return set()
    return {deal.deal_id for deal in world.deals.values() if deal_level(world, person, deal) >= 1}


def visible_items(world: World, person: Person) -> set[str]:
    if not may(person, "Item__c", "read"):
        return set()
    seen = {deal.deal_id for deal in world.deals.values() if deal_level(world, person, deal) >= 1}
    if "ViewAllData" in SETS[person.set_name].system_permissions:
        return set(world.items)
    return {item for item, deal in world.items.items() if deal in seen}


def visible_notes(world: World, person: Person) -> set[str]:
    """Private, with the hierarchy; no rules."""
    if not may(person, "Note__c", "read"):
        return set()
    if "ViewAllData" in SETS[person.set_name].system_permissions:
        return set(world.notes)
    return {
        note
        for note, (owner, _) in world.notes.items()
        if owner == person.user_id or is_above(world, person, role_of(world, owner))
    }
