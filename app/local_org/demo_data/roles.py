"""The role hierarchy of the demo org: VP Sales over the managers, and each of them over his reps."""

from __future__ import annotations

from dataclasses import dataclass

from app.local_org.demo_data.cast import AMEA, LEADERS, SDRS, UNPOOLED, WEST, Person
from app.local_org.demo_data.model import DemoData, NewId

_VP, _WEST, _AMEA, _SDR = LEADERS


@dataclass(frozen=True, slots=True)
class Role:
    """A role, the name of the one above it, and who holds it."""

    name: str
    above: str | None
    people: tuple[Person, ...]


ROLES = (
    Role("VP Sales", None, (_VP,)),
    Role("West Manager", "VP Sales", (_WEST,)),
    Role("AMEA Manager", "VP Sales", (_AMEA,)),
    Role("SDR Manager", "VP Sales", (_SDR,)),
    Role("West Rep", "West Manager", WEST),
    Role("AMEA Rep", "AMEA Manager", AMEA),
    Role("SDR Rep", "SDR Manager", SDRS),
    Role("Customer Success", "VP Sales", UNPOOLED),
)
"""From the top down. Admins and the rest hold none, as in an org where roles are for those who sell."""


def add_roles(data: DemoData, new_id: NewId) -> dict[str, str]:
    """Rows of UserRole: the role's id by the handle of each who holds it."""
    ids: dict[str, str] = {}
    for role in ROLES:
        row = {
            "Id": new_id("UserRole"),
            "Name": role.name,
            "DeveloperName": role.name.replace(" ", "_"),
            "ParentRoleId": None if role.above is None else ids[role.above],
        }
        ids[role.name] = data.add("UserRole", row)
    return {person.handle: ids[role.name] for role in ROLES for person in role.people}
