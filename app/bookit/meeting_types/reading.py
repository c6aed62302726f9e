"""Meeting types by their ids: what is known of each, in one round trip, however many groups are asked for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.bookit.cached import Cached
from app.bookit.meeting_types.records import TTL_SECONDS, Identity, MeetingType, identity_from, meeting_type_from
from app.bookit.naming import not_found
from app.bookit.picklists import snake_or_none
from app.clock import Clock
from app.org.caller import Caller, Scope
from app.org.reader import Ask, Reader, Result, Row

Group = Literal["scheduling", "form", "presentation"]

_STATEMENTS: Final[dict[Group, str]] = {
    "scheduling": "meeting_types/detail",
    "form": "meeting_types/form",
    "presentation": "meeting_types/presentation",
}


@dataclass(frozen=True, slots=True)
class FormAndFlow:
    """What a prospect fills in and what follows; the JSON texts are as BookIt keeps them (form.py reads them)."""

    fields_stored: str | None
    notifications_stored: str | None
    redirect_url: str | None
    location: str | None
    conference_provider: str | None


@dataclass(frozen=True, slots=True)
class Presentation:
    """How the type looks to a prospect. color: `#1F6FEB`."""

    color: str | None
    logo_url: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class FoundType:
    """One meeting type with the groups that were asked for; the others are None."""

    identity: Identity
    scheduling: MeetingType | None = None
    form: FormAndFlow | None = None
    presentation: Presentation | None = None


async def read_types(reader: Reader, type_ids: Sequence[str], groups: Collection[Group]) -> list[FoundType]:
    """The meeting types in the order of their ids (100 at most), each with the groups asked for; one that is gone is
    left out. One call to Salesforce, none without ids. Raises OrgError."""
    if not type_ids:
        return []
    names = [_STATEMENTS[group] for group in _STATEMENTS if group in groups]
    if "scheduling" not in groups:
        names.append("meeting_types/identity")
    results = await reader.fetch_all(*(Ask(name, {"types": list(type_ids)}) for name in names))
    rows = {name: _by_id(result) for name, result in zip(names, results, strict=True)}
    # The queries run one after the other: a type may be deleted between two of them.
    there = [type_id for type_id in type_ids if all(type_id in by_id for by_id in rows.values())]
    return [_found({name: by_id[type_id] for name, by_id in rows.items()}) for type_id in there]


class TypesToBook:
    """Meeting types with what a booking must know, form and all, each kept for a minute per caller. One for the
    process."""

    def __init__(self, clock: Clock) -> None:
        self._kept: Cached[tuple[str, Scope, str | None, str], FoundType | None] = Cached(
            clock, ttl=TTL_SECONDS, size=1000
        )

    async def by_id(self, type_id: str, *, caller: Caller, reader: Reader) -> tuple[MeetingType, FormAndFlow]:
        """The meeting type, read as the caller; no call to Salesforce while it is kept.

        Raises BookItError not_found for one that is gone or hidden; OrgError.
        """

        async def fetch() -> FoundType | None:
            return next(iter(await read_types(reader, [type_id], {"scheduling", "form"})), None)

        found = await self._kept.get((caller.org_id, caller.scope, caller.user_id, type_id), fetch)
        if found is None or found.scheduling is None or found.form is None:
            raise not_found("meeting type", type_id)
        return found.scheduling, found.form


def _found(rows: dict[str, Row]) -> FoundType:
    detail, form, look = (rows.get(name) for name in _STATEMENTS.values())
    scheduling = meeting_type_from(detail) if detail is not None else None
    return FoundType(
        identity=scheduling if scheduling is not None else identity_from(rows["meeting_types/identity"]),
        scheduling=scheduling,
        form=FormAndFlow(
            fields_stored=form["Form_Fields"],
            notifications_stored=form["Notifications"],
            redirect_url=form["Redirect_URL"],
            location=form["Location"],
            conference_provider=snake_or_none(form["Conference_Provider"]),
        )
        if form is not None
        else None,
        presentation=Presentation(look["Style_Color"], look["Logo_URL"], look["Description"])
        if look is not None
        else None,
    )


def _by_id(result: Result) -> dict[str, Row]:
    return {row["Id"]: row for row in result.rows}
