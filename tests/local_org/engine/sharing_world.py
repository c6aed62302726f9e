"""A random org to test sharing on: roles, groups, a queue, people of different rights, deals, items, notes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from app.local_org.org import IN_MEMORY, LocalOrg, Session
from app.local_org.schema.fields import owner, text_name
from app.local_org.schema.model import (
    Audience,
    AudienceKind,
    Criterion,
    DeleteRule,
    Field,
    FieldType,
    ObjectPermission,
    Operation,
    PermissionSet,
    Schema,
    Sharing,
    SharingRule,
    SObject,
)
from tests.support.movable_clock import MovableClock
from tests.support.small_org import NOON, lookup, picklist, small_schema, sobject

KINDS = ("Small", "Large")
_WORK = ObjectPermission(create=True, read=True, edit=True, delete=True)
_AUDIT = ObjectPermission(read=True, view_all=True)
_RULE = ObjectPermission(create=True, read=True, edit=True, delete=True, view_all=True, modify_all=True)
SETS = {
    "Works": PermissionSet("Works", None, "Works", {"Deal__c": _WORK, "Item__c": _WORK, "Note__c": _WORK}),
    "Reads": PermissionSet(
        "Reads", None, "Reads", dict.fromkeys(("Deal__c", "Item__c", "Note__c"), ObjectPermission(read=True))
    ),
    "Audits": PermissionSet("Audits", None, "Audits", {"Deal__c": _AUDIT, "Item__c": _WORK, "Note__c": _WORK}),
    "Rules": PermissionSet("Rules", None, "Rules", {"Deal__c": _RULE, "Item__c": _WORK, "Note__c": _WORK}),
    "Sees": PermissionSet(
        "Sees", None, "Sees", {"Deal__c": _WORK}, system_permissions=frozenset({"ApiEnabled", "ViewAllData"})
    ),
    "Nothing": PermissionSet("Nothing", None, "Nothing"),
}


@dataclass(frozen=True, slots=True)
class Person:
    user_id: str
    role: int | None
    set_name: str


@dataclass(frozen=True, slots=True)
class GroupOf:
    """A group or queue: the users in it themselves, and the groups in it, by place in the list of groups."""

    group_id: str
    name: str
    bosses: bool
    users: frozenset[str]
    groups: frozenset[int]


@dataclass(frozen=True, slots=True)
class Deal:
    deal_id: str
    owner: str
    kind: str | None
    amount: float | None


@dataclass(frozen=True, slots=True)
class World:
    """parents: the role above each role, by place. notes: note id to (owner, deal). items: item id to deal."""

    org: LocalOrg
    default: Sharing
    upwards: bool
    parents: tuple[int | None, ...]
    people: tuple[Person, ...]
    groups: tuple[GroupOf, ...]
    queue: GroupOf
    rules: tuple[SharingRule, ...]
    deals: dict[str, Deal]
    items: dict[str, str]
    notes: dict[str, tuple[str, str]]

    def acting(self, person: Person) -> Session:
        return self.org.acting(person.user_id)


def role_name(place: int) -> str:
    return f"Role_{place}"


def random_world(random: Random) -> World:
    """An org that the caller closes."""
    default = random.choice((Sharing.PRIVATE, Sharing.PRIVATE, Sharing.READ, Sharing.READ_WRITE))
    upwards = random.random() < 0.75
    rules = (
        () if default is Sharing.READ_WRITE else tuple(_rule(random, n, default) for n in range(random.randint(0, 3)))
    )
    org = LocalOrg(IN_MEMORY, _schema(default, upwards, rules), MovableClock(NOON))
    parents, role_ids = _roles(org, random)
    people = _people(org, random, role_ids)
    groups = tuple(_group(org, random, people, place, "Regular") for place in range(2))
    queue = _group(org, random, people, 9, "Queue")
    deals, items, notes = _records(org, random, [*(person.user_id for person in people), queue.group_id])
    return World(org, default, upwards, parents, people, groups, queue, rules, deals, items, notes)


def _schema(default: Sharing, upwards: bool, rules: tuple[SharingRule, ...]) -> Schema:
    deal = sobject(
        "Deal__c",
        "a21",
        default,
        owner("Group", "User"),
        text_name("Deal Name"),
        picklist("Kind__c", "Kind", *KINDS),
        Field("Amount__c", "Amount", FieldType.DOUBLE, precision=8, scale=2, custom=True),
    )
    deal = replace(deal, sharing_rules=rules, grants_by_hierarchy=upwards)
    item = sobject(
        "Item__c",
        "a22",
        Sharing.CONTROLLED_BY_PARENT,
        text_name("Item Name"),
        lookup("Deal__c", "Deal__c", "Items__r", DeleteRule.CASCADE, required=True),
    )
    note: SObject = sobject(
        "Note__c",
        "a23",
        Sharing.PRIVATE,
        owner("User"),
        text_name("Note Name"),
        lookup("Deal__c", "Deal__c", "Notes__r"),
    )
    schema = small_schema(deal, item, note)
    return replace(schema, permission_sets=(*schema.permission_sets, *SETS.values()))


def _roles(org: LocalOrg, random: Random) -> tuple[tuple[int | None, ...], list[str]]:
    parents: list[int | None] = [None]
    role_ids: list[str] = []
    for place in range(5):
        if place:
            parents.append(random.choice((None, *range(place), *range(place))))
        above = parents[place]
        row = {
            "Name": role_name(place),
            "DeveloperName": role_name(place),
            "ParentRoleId": None if above is None else role_ids[above],
        }
        role_ids += org.load("UserRole", [row])
    return tuple(parents), role_ids


def _people(org: LocalOrg, random: Random, role_ids: list[str]) -> tuple[Person, ...]:
    system = org.as_system()
    profile = system.query("SELECT Id FROM Profile WHERE Name = 'Minimum Access - Salesforce'")["records"][0]["Id"]
    set_ids = {row["Name"]: row["Id"] for row in system.query("SELECT Id, Name FROM PermissionSet")["records"]}
    people: list[Person] = []
    for number in range(6):
        role = random.choice((None, *range(5), *range(5)))
        set_name = random.choice(("Works", "Works", "Works", *SETS))
        row = {
            "Username": f"p{number}@deals.example",
            "LastName": f"P{number}",
            "Email": f"p{number}@deals.example",
            "ProfileId": profile,
            "UserRoleId": None if role is None else role_ids[role],
            "TimeZoneSidKey": "UTC",
            "LocaleSidKey": "en_US",
            "LanguageLocaleKey": "en_US",
        }
        user_id = org.load("User", [row])[0]
        org.load("PermissionSetAssignment", [{"AssigneeId": user_id, "PermissionSetId": set_ids[set_name]}])
        people.append(Person(user_id, role, set_name))
    return tuple(people)


def _group(org: LocalOrg, random: Random, people: tuple[Person, ...], place: int, kind: str) -> GroupOf:
    name = f"{kind}_{place}"
    bosses = random.random() < 0.5
    row = {"Name": name, "DeveloperName": name, "Type": kind, "DoesIncludeBosses": bosses}
    group_id = org.load("Group", [row])[0]
    users = frozenset(person.user_id for person in people if random.random() < 0.3)
    inside = frozenset({0}) if place == 1 and random.random() < 0.5 else frozenset[int]()
    members = [*users]
    if inside:
        rows = org.as_system().query("SELECT Id FROM Group WHERE DeveloperName = 'Regular_0'")["records"]
        members.append(rows[0]["Id"])
    org.load("GroupMember", [{"GroupId": group_id, "UserOrGroupId": member} for member in members])
    return GroupOf(group_id, name, bosses, users, inside)


def _audience(random: Random, *kinds: AudienceKind) -> Audience:
    kind = random.choice(kinds)
    if kind is AudienceKind.ALL_INTERNAL_USERS:
        return Audience(kind)
    if kind is AudienceKind.GROUP:
        return Audience(kind, f"Regular_{random.randrange(2)}")
    return Audience(kind, "Queue_9" if kind is AudienceKind.QUEUE else role_name(random.randrange(5)))


def _rule(random: Random, number: int, default: Sharing) -> SharingRule:
    edit = default is Sharing.READ or random.random() < 0.4
    people = [kind for kind in AudienceKind if kind not in (AudienceKind.QUEUE, AudienceKind.ALL_INTERNAL_USERS)]
    shared_to = _audience(random, *people, *people, AudienceKind.ALL_INTERNAL_USERS)
    if random.random() < 0.5:
        return SharingRule(f"R{number}", edit, shared_to, _audience(random, *AudienceKind))
    criteria = (
        Criterion("Kind__c", random.choice((Operation.EQUALS, Operation.NOT_EQUAL)), (random.choice((*KINDS, None)),)),
        Criterion("Amount__c", random.choice((Operation.LESS, Operation.GREATER_OR_EQUAL)), (50.0,)),
    )
    logic = random.choice(("1 AND 2", "1 OR 2", "NOT 1 AND 2"))
    return SharingRule(f"R{number}", edit, shared_to, None, criteria, logic, owned_by_all=random.random() < 0.5)


def _records(
    org: LocalOrg, random: Random, owners: list[str]
) -> tuple[dict[str, Deal], dict[str, str], dict[str, tuple[str, str]]]:
    deals = [
        Deal(org.new_id("Deal__c"), random.choice(owners), random.choice((*KINDS, None)), random.choice((None, 10, 90)))
        for _ in range(10)
    ]
    org.load(
        "Deal__c",
        [
            {"Id": d.deal_id, "Name": f"D{n % 3}", "OwnerId": d.owner, "Kind__c": d.kind, "Amount__c": d.amount}
            for n, d in enumerate(deals)
        ],
    )
    items = {org.new_id("Item__c"): random.choice(deals).deal_id for _ in range(8)}
    org.load("Item__c", [{"Id": item, "Name": "I", "Deal__c": deal} for item, deal in items.items()])
    users = [one for one in owners if one.startswith("005")]
    notes = {org.new_id("Note__c"): (random.choice(users), random.choice(deals).deal_id) for _ in range(12)}
    rows = [{"Id": note, "Name": "N", "OwnerId": by, "Deal__c": deal} for note, (by, deal) in notes.items()]
    org.load("Note__c", rows)
    return {deal.deal_id: deal for deal in deals}, items, notes
