"""What BookIt MCP can do in an org: each capability, for Admin and for User, on or off, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.org.caller import Scope
from app.signin.org_checks import off_in_scope
from app.store.orgs import Org


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """A tool, as far as this page must know it. needs: the abilities of the org connection that it cannot do without
    (app.signin.org_checks). from_version: the BookIt version that brought it, where not every supported one has it."""

    tool: str
    title: str
    changes: bool
    scopes: Collection[Scope]
    needs: Sequence[str] = ()
    from_version: int | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A capability in one scope. why: of what is off; beside `on`, what a part of it lacks."""

    available: bool
    on: bool
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CapabilityRow:
    """A line of the page's table."""

    capability: Capability
    admin: State
    user: State


def capability_rows(org: Org, capabilities: Sequence[Capability]) -> list[CapabilityRow]:
    """Every capability: what only looks something up first, then what changes something."""
    off = {scope: off_in_scope(org, scope) for scope in Scope}
    major = _major(org.bookit_version)

    def state(capability: Capability, scope: Scope) -> State:
        if scope not in capability.scopes:
            return State(available=False, on=False)
        whys = list(_whys(capability, off[scope]))
        if capability.from_version is not None and (major is None or major < capability.from_version):
            whys.insert(0, f"BookIt {capability.from_version}.x or later is needed; this org has {org.bookit_version}.")
        parts = [f"Without {name}: {why}" for name, why in _parts(capability, off[scope])]
        return State(available=True, on=not whys, why=tuple(dict.fromkeys(whys or parts)))

    ordered = sorted(capabilities, key=lambda each: (each.changes, each.title))
    return [CapabilityRow(each, state(each, Scope.ADMIN), state(each, Scope.USER)) for each in ordered]


def _whys(capability: Capability, off: Mapping[str, str]) -> Sequence[str]:
    own = [off[capability.tool]] if capability.tool in off else []
    # The reason of an ability is long and the same for many: it stands once, under Health.
    return [
        *own,
        *(f"Needs {ability}, see Health." for ability in capability.needs if ability in off),
    ]


def _parts(capability: Capability, off: Mapping[str, str]) -> list[tuple[str, str]]:
    """The arguments that are off by themselves; they are named `tool (argument)`."""
    prefix = f"{capability.tool} ("
    return [(what.removeprefix(prefix).rstrip(")"), why) for what, why in off.items() if what.startswith(prefix)]


def _major(version: str | None) -> int | None:
    number = (version or "").partition(".")[0]
    return int(number) if number.isdigit() else None
