"""The org's roles, public groups and queues as its rows say, and where one user stands among them.

Source: Salesforce Help, "Role Hierarchy", "Grant Access Using Hierarchies", "Public Groups". Groups of groups count;
groups of roles and of managers are not modelled (triggers.py refuses them by name).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from app.local_org.engine.storage import Storage
from app.local_org.errors import Unsupported
from app.local_org.schema.model import Audience, AudienceKind

TABLES = ("UserRole", "Group", "GroupMember")
"""What the hierarchy is read from, beside the roles of users."""

_NO_ROLES: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A public group or a queue. bosses: whether people above its members see what is shared with it."""

    group_id: str
    is_queue: bool
    bosses: bool


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Roles and groups; ids have 18 characters, names are folded DeveloperNames.

    parents: role to the role above it. members: group to the users in it, through groups in it too. member_roles: the
    role of each user who is in any group.
    """

    parents: Mapping[str, str | None] = field(default_factory=dict[str, "str | None"])
    role_ids: Mapping[str, str] = field(default_factory=dict[str, str])
    groups: Mapping[str, GroupRow] = field(default_factory=dict[str, GroupRow])
    members: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    member_roles: Mapping[str, str] = field(default_factory=dict[str, str])

    def below(self, role_id: str | None) -> frozenset[str]:
        """Every role under this one, not itself."""
        if role_id is None:
            return _NO_ROLES
        found: set[str] = set()
        layer = {role_id}
        while layer:
            layer = {role for role, parent in self.parents.items() if parent in layer} - found - {role_id}
            found |= layer
        return frozenset(found)

    def role(self, audience: Audience) -> str:
        """The role that a sharing rule names. Unsupported where no row has the name: a deploy would have failed."""
        found = self.role_ids.get(audience.name.lower())
        if found is None:
            raise Unsupported(f"a sharing rule with the role {audience.name}, which no UserRole row has")
        return found

    def group(self, audience: Audience) -> GroupRow:
        """The group or queue that a sharing rule names; Unsupported as above."""
        found = self.groups.get(audience.name.lower())
        if found is None or found.is_queue is not (audience.kind is AudienceKind.QUEUE):
            raise Unsupported(f"a sharing rule with the {audience.kind.value} {audience.name}, which no Group row has")
        return found

    def roles_of(self, audience: Audience) -> frozenset[str]:
        """The roles of an audience by role, with those below it where it says so."""
        role_id = self.role(audience)
        own = frozenset({role_id})
        return own if audience.kind is AudienceKind.ROLE else own | self.below(role_id)


@dataclass(frozen=True, slots=True)
class Standing:
    """One user among them. leads: the roles below his own."""

    user_id: str = ""
    role_id: str | None = None
    leads: frozenset[str] = _NO_ROLES
    hierarchy: Hierarchy = field(default_factory=Hierarchy)

    def belongs(self, audience: Audience, *, by_hierarchy: bool) -> bool:
        """Whether what is shared with the audience is shared with him; by_hierarchy: with people above it too."""
        if audience.kind is AudienceKind.ALL_INTERNAL_USERS:
            return True
        if audience.kind in (AudienceKind.GROUP, AudienceKind.QUEUE):
            return self.in_group(self.hierarchy.group(audience), by_hierarchy=by_hierarchy)
        roles = self.hierarchy.roles_of(audience)
        return self.role_id in roles or (by_hierarchy and not self.leads.isdisjoint(roles))

    def in_group(self, group: GroupRow, *, by_hierarchy: bool) -> bool:
        members = self.hierarchy.members.get(group.group_id, frozenset())
        return self.user_id in members or (by_hierarchy and group.bosses and self._leads_any(members))

    def queues(self, *, by_hierarchy: bool) -> list[str]:
        """The queues whose rows are his as their owner's."""
        groups = self.hierarchy.groups.values()
        return sorted(g.group_id for g in groups if g.is_queue and self.in_group(g, by_hierarchy=by_hierarchy))

    def _leads_any(self, members: Collection[str]) -> bool:
        return any(self.hierarchy.member_roles.get(member) in self.leads for member in members)


def read_hierarchy(storage: Storage) -> Hierarchy:
    """The hierarchy of this moment, inside the caller's transaction."""
    connection = storage.connection()
    roles = connection.execute('SELECT Id, DeveloperName, ParentRoleId FROM "UserRole" WHERE _deleted = 0').fetchall()
    sql = 'SELECT Id, DeveloperName, Type, DoesIncludeBosses FROM "Group" WHERE _deleted = 0'
    groups = connection.execute(sql).fetchall()
    direct: dict[str, set[str]] = {}
    sql = 'SELECT GroupId, UserOrGroupId FROM "GroupMember" WHERE _deleted = 0'
    for group_id, member in connection.execute(sql):
        direct.setdefault(str(group_id), set()).add(str(member))
    members = {group_id: _users_of(group_id, direct) for group_id in direct}
    # Everybody above a queue's members sees its rows, whatever the group says (Salesforce Help, "Queues").
    rows = {
        str(name).lower(): GroupRow(str(group_id), kind == "Queue", kind == "Queue" or bool(bosses))
        for group_id, name, kind, bosses in groups
    }
    return Hierarchy(
        {str(role): None if parent is None else str(parent) for role, _, parent in roles},
        {str(name).lower(): str(role) for role, name, _ in roles},
        rows,
        members,
        _roles_of_users(storage, frozenset[str]().union(*members.values())),
    )


def _users_of(group_id: str, direct: Mapping[str, Collection[str]]) -> frozenset[str]:
    users: set[str] = set()
    seen: set[str] = set()
    waiting = [group_id]
    while waiting:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        for member in direct.get(current, ()):
            if member.startswith("005"):
                users.add(member)
            else:
                waiting.append(member)
    return frozenset(users)


def _roles_of_users(storage: Storage, users: Collection[str]) -> dict[str, str]:
    sql = 'SELECT UserRoleId FROM "User" WHERE Id = ? AND _deleted = 0'
    roles: dict[str, str] = {}
    for user in users:
        row = storage.connection().execute(sql, (user,)).fetchone()
        if row is not None and row[0] is not None:
            roles[user] = str(row[0])
    return roles
