"""The local org as a whole, without HTTP: `LocalOrg` is a Salesforce org over SQLite, `Session` a user in it."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.clock import Clock
from app.local_org.access import Access
from app.local_org.engine import defaults, ids
from app.local_org.engine.copies import Copies
from app.local_org.engine.cursors import Cursors
from app.local_org.engine.invitees import Invitees
from app.local_org.engine.loading import Loading
from app.local_org.engine.names import Names
from app.local_org.engine.ownership import Ownership
from app.local_org.engine.people import People
from app.local_org.engine.permits import Actor, EveryRight
from app.local_org.engine.queries import MAX_BATCH, Body, Queries
from app.local_org.engine.record_access import RecordAccess
from app.local_org.engine.records import Records
from app.local_org.engine.setup_rows import OrgInfo, seed
from app.local_org.engine.storage import IN_MEMORY, Storage
from app.local_org.engine.triggers import Triggers
from app.local_org.engine.validation import Validation
from app.local_org.engine.virtual import tooling_schema, tooling_sources, user_permission_access
from app.local_org.errors import ApiError, Unsupported
from app.local_org.schema.describe import describe_global, describe_object
from app.local_org.schema.model import Schema

__all__ = ["IN_MEMORY", "LocalOrg", "Session"]

DEFAULT_ORG_ID = "00Dxx0000000001EAA"


class LocalOrg:
    """One org. Threads may share it; a transaction belongs to the thread that opened it.

    path: the database file, or ":memory:" for one that goes with the org. A file that another schema made is refused
    with ValueError. zone (IANA) and locale are the org's defaults.
    """

    def __init__(
        self,
        path: Path | str,
        schema: Schema,
        clock: Clock,
        *,
        org_id: str = DEFAULT_ORG_ID,
        name: str = "Demo Org",
        zone: str = "America/Los_Angeles",
        locale: str = "en_US",
        instance: str = "XX1",
    ) -> None:
        full_id = ids.long_id(org_id)
        if full_id is None or not full_id.startswith("00D"):
            raise ValueError(f"{org_id} is no org id")
        self.schema = schema
        self.clock = clock
        self.info = OrgInfo(full_id, name, zone, locale, instance=instance)
        names = Names(schema)
        self._names = names
        self._storage = Storage(path, names)
        try:
            self._start(names)
        except BaseException:
            self._storage.close()
            raise

    def _start(self, names: Names) -> None:
        """Put the parts together and make a new org's own rows. FormulaError names a rule that cannot be taken."""
        schema, storage = self.schema, self._storage
        cursors, validation = Cursors(), Validation(storage, names)
        tooling = tooling_sources(schema.packages)
        self.people = People(storage, schema, self.info, self.clock)
        ownership = Ownership(storage, self.people)
        triggers = Triggers(storage, Invitees(storage, names, ownership))
        asked = RecordAccess(storage, names, self.people).sources
        self.queries = Queries(storage, names, user_permission_access(schema), cursors, asked)
        self.tooling = Queries(storage, Names(tooling_schema()), tooling, cursors)
        self.records = Records(storage, names, validation, triggers, ownership)
        self._loading = Loading(storage, names, validation, triggers)
        if storage.is_new:
            with storage.writing():
                seed(schema, self.info, self._seed_row)

    @property
    def is_new(self) -> bool:
        """Whether this start made the file: then nothing but the org's own rows is in it."""
        return self._storage.is_new

    def acting(self, user_id: str) -> Session:
        """The org as a user sees it. His rights are looked up at each call, so a change of them acts at once."""
        return Session(self, user_id)

    def as_system(self) -> Session:
        """The org as it sees itself: every row, every field. For tests and for the org's own pages, never for HTTP."""
        return Session(self, None)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Writes of this thread inside stand or fall together; an exception that leaves it takes them all back."""
        with self._storage.writing():
            yield

    def load(self, object_name: str, rows: Iterable[Mapping[str, Any]]) -> list[str]:
        """Insert many rows fast, as the org itself, and return their ids; see engine.loading."""
        return self._loading.load(self.system_actor(), object_name, rows)

    @contextmanager
    def bulk_loading(self) -> Generator[None]:
        """Loads inside are fast, and stand only if all of them do; see engine.storage."""
        with self._storage.bulk_loading():
            yield

    def copies(self, tables: Sequence[str]) -> Copies:
        """Copies of the rows that these objects hold now; see engine.copies."""
        return Copies(self._storage, self._names, tables)

    def new_id(self, object_name: str) -> str:
        """Reserve the next id of an object, for rows that are made before they are loaded."""
        found = self._names.object(object_name)
        if found is None:
            raise KeyError(object_name)
        return ids.minted(found.sobject.key_prefix, self._storage.take_numbers(found.name))

    def close(self) -> None:
        self._storage.close()

    def _seed_row(self, object_name: str, row: Mapping[str, Any], /) -> str:
        found = self._names.object(object_name)
        if found is None:
            return ids.minted("000", 0)
        return self.load(object_name, [{k: v for k, v in row.items() if found.field(k) is not None}])[0]

    def system_actor(self) -> Actor:
        """The org itself, with every right."""
        return Actor(defaults.system_id(), EveryRight(), ZoneInfo(self.info.zone), self.info.locale, self.clock())


class Session:
    """What one user does in the org. Every method raises ApiError; none is bound to a thread."""

    def __init__(self, org: LocalOrg, user_id: str | None) -> None:
        self._org = org
        self._user_id = user_id

    @property
    def actor(self) -> Actor:
        """The user as he is now. Raises INVALID_SESSION_ID for one who is not active."""
        return self._org.system_actor() if self._user_id is None else self._org.people.actor(self._user_id)

    def query(self, soql: str, *, batch_size: int = MAX_BATCH, all_rows: bool = False) -> Body:
        """The body of /query; with all_rows of /queryAll, which shows deleted rows too. 200 to 2000 rows a page."""
        return self._org.queries.query(self.actor, soql, batch_size=batch_size, all_rows=all_rows)

    def explain(self, soql: str) -> list[str]:
        """The steps of SQLite's plan for a query, `SEARCH Account USING INDEX …`: for tests and benchmarks."""
        return self._org.queries.explain(self.actor, soql)

    def query_more(self, locator: str) -> Body:
        """The page behind `01g…-2000`, the last part of nextRecordsUrl."""
        return self._org.queries.query_more(self.actor, locator)

    def get(self, object_name: str, record_id: str, fields: Sequence[str] | None = None) -> Body:
        """The record; NOT_FOUND for one that is missing or not shared."""
        return self._org.records.get(self.actor, object_name, record_id, fields)

    def create(self, object_name: str, values: Mapping[str, Any]) -> str:
        """Create a record and return its 18-character id."""
        return self._org.records.create(self.actor, object_name, values)

    def update(
        self,
        object_name: str,
        record_id: str,
        values: Mapping[str, Any],
        if_unmodified_since: datetime | None = None,
    ) -> None:
        """Change a record; 412 if it changed in a later second than if_unmodified_since."""
        self._org.records.update(self.actor, object_name, record_id, values, if_unmodified_since)

    def upsert(self, object_name: str, ext_field: str, value: Any, values: Mapping[str, Any]) -> tuple[str, bool]:
        """Update the record with that external id, or create it: its id, and whether it is new."""
        return self._org.records.upsert(self.actor, object_name, ext_field, value, values)

    def delete(self, object_name: str, record_id: str) -> None:
        """Delete a record softly."""
        self._org.records.delete(self.actor, object_name, record_id)

    def describe(self, object_name: str) -> Body:
        """The body of /sobjects/T/describe as the user sees it; NOT_FOUND for an object that he cannot read."""
        actor = self.actor
        found = self._org.schema.find(object_name)
        if found is None or not actor.rights.can(found.name, "read"):
            raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
        return describe_object(self._org.schema, found, self._access(actor))

    def describe_global(self) -> Body:
        """The body of /sobjects: the objects that the user can read."""
        return describe_global(self._org.schema, self._access(self.actor))

    def _access(self, actor: Actor) -> Access:
        if not isinstance(actor.rights, Access):
            raise Unsupported("describe as the org itself")
        return actor.rights

    def tooling_query(self, soql: str) -> Body:
        """The body of /tooling/query: the installed packages. INVALID_TYPE without View Setup."""
        actor = self.actor
        if "ViewSetup" not in actor.rights.system:
            raise ApiError(400, "INVALID_TYPE", "sObject type 'InstalledSubscriberPackage' is not supported.")
        every = Actor(actor.user_id, EveryRight(), actor.zone, actor.locale, actor.now)
        return self._org.tooling.query(every, soql)
