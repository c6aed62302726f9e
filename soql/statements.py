"""The statement files: `soql/queries/**/*.soql`, each a header of `--` lines and one SOQL statement in logical names.

    -- Meetings in a time range, soonest first.
    -- scopes: admin, user
    -- also: descending
    -- group by: status = Status; host = Main_Host.Id, Main_Host.Name
    SELECT …

What the statement is for comes first; `scopes` must be there (no line, no reader); `also` and `group by` may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from soql.ast import FieldPath, Select, SelectItem
from soql.errors import SoqlError, StatementError
from soql.grouping_rules import is_grouped
from soql.parser import parse
from soql.plain import exotic
from soql.rules import check

QUERIES = Path(__file__).parent / "queries"

SCOPES = frozenset({"admin", "user", "org"})
"""Who may run a statement: a caller of either scope, under his record filter, or the org connection."""

_KEYED = re.compile(r"(scopes?|also|group by)\s*:\s*(.*)", re.IGNORECASE)
_GROUP = re.compile(r"([a-z][a-z0-9_]*)\s*=\s*(.+)")
_PATH = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*")


@dataclass(frozen=True, slots=True)
class StatementFile:
    """One file. `name` is its path under the root without suffix: `meetings/search`.

    `groups` are the ways in which an aggregate statement may be asked to group, by name: `host` → the paths that are
    selected and grouped then. `descending` says that the reverse order may be asked for.
    """

    name: str
    purpose: str
    scopes: frozenset[str]
    descending: bool
    groups: Mapping[str, tuple[FieldPath, ...]]
    select: Select

    def grouped(self, names: Iterable[str]) -> Select:
        """The statement with these groups' paths in front, each selected and grouped, in the order asked.

        A parent's field gets its path with `_` for `.` as alias (`Main_Host_Name`): Salesforce would answer both
        `Main_Host.Name` and `Pool.Name` as `Name`, which it refuses. Raises KeyError for a group that the file does
        not list.
        """
        paths = tuple(dict.fromkeys(path for name in names for path in self.groups[name]))
        items = tuple(SelectItem(path, path.text.replace(".", "_") if len(path.parts) > 1 else None) for path in paths)
        return replace(self.select, items=(*items, *self.select.items), group_by=(*paths, *self.select.group_by))

    def reversed(self) -> Select:
        """The statement with each ORDER BY turned round, NULLS FIRST and LAST too where it says them.

        Raises StatementError when the file does not allow it.
        """
        if not self.descending:
            raise StatementError(f"{self.name}: not marked `also: descending`")
        return replace(
            self.select,
            order_by=tuple(
                replace(
                    order,
                    descending=not order.descending,
                    nulls_first=None if order.nulls_first is None else not order.nulls_first,
                )
                for order in self.select.order_by
            ),
        )


def load_statements(root: Path = QUERIES) -> Mapping[str, StatementFile]:
    """Every statement file under the root, by name. Raises StatementError for the first that is wrong."""
    files = {path.relative_to(root).with_suffix("").as_posix(): path for path in sorted(root.rglob("*.soql"))}
    return MappingProxyType({name: read_statement(name, path.read_text("utf-8")) for name, path in files.items()})


def read_statement(name: str, text: str) -> StatementFile:
    """One file's text. Every form that may be asked for (reversed, each group, all of them) is checked against SOQL's
    rules. Raises StatementError; the positions that it tells are the file's."""
    rows = text.split("\n")
    end = next((n for n, row in enumerate(rows) if not row.startswith("--")), len(rows))
    purpose, header = _header(name, [row[2:].strip() for row in rows[:end]])
    try:
        select = parse("\n" * end + "\n".join(rows[end:]), binds=True)
        file = StatementFile(
            name=name,
            purpose=purpose,
            scopes=_scopes(name, header.get("scopes")),
            descending=_descending(name, header.get("also"), select),
            groups=_groups(name, header.get("group by"), select),
            select=select,
        )
        for form in _forms(file):
            check(form)
            if construct := next(exotic(form), None):
                raise StatementError(f"{name}: statement files do not use {construct}")
    except StatementError:
        raise
    except SoqlError as error:
        raise StatementError(f"{name}: {error.message}", error.position) from error
    return file


def _forms(file: StatementFile) -> list[Select]:
    forms = [file.select]
    if file.descending:
        forms.append(file.reversed())
    forms += [file.grouped([group]) for group in file.groups]
    if file.groups:
        forms.append(file.grouped(file.groups))
    return forms


def _header(name: str, lines: list[str]) -> tuple[str, dict[str, str]]:
    purpose: list[str] = []
    header: dict[str, str] = {}
    for line in lines:
        match = _KEYED.fullmatch(line)
        if match is None and header:
            raise StatementError(f"{name}: `-- {line}` after the purpose; expected scopes, also or group by")
        if match is None:
            purpose.append(line)
            continue
        key = match[1].lower()
        if key == "scope":
            raise StatementError(f"{name}: `-- scope:` is spelled `-- scopes:`")
        if key in header:
            raise StatementError(f"{name}: two `-- {key}:` lines")
        header[key] = match[2].strip()
    if not any(purpose):
        raise StatementError(f"{name}: the first line says what the statement is for: `-- …`")
    return " ".join(line for line in purpose if line), header


def _scopes(name: str, line: str | None) -> frozenset[str]:
    if line is None:
        raise StatementError(f"{name}: no `-- scopes:` line, so nobody may run it")
    scopes = frozenset(word.strip() for word in line.split(","))
    if unknown := sorted(scopes - SCOPES):
        raise StatementError(f"{name}: unknown scope {', '.join(unknown)!r}; there are {', '.join(sorted(SCOPES))}")
    return scopes


def _descending(name: str, line: str | None, select: Select) -> bool:
    if line is None:
        return False
    if line != "descending":
        raise StatementError(f"{name}: `-- also:` knows `descending` only, not {line!r}")
    if not select.order_by:
        raise StatementError(f"{name}: `-- also: descending` needs an ORDER BY")
    return True


def _groups(name: str, line: str | None, select: Select) -> Mapping[str, tuple[FieldPath, ...]]:
    groups: dict[str, tuple[FieldPath, ...]] = {}
    if line is None:
        return MappingProxyType(groups)
    if not is_grouped(select):
        raise StatementError(f"{name}: `-- group by:` needs an aggregate in the SELECT list")
    for entry in line.split(";"):
        match = _GROUP.fullmatch(entry.strip())
        paths = [path.strip() for path in match[2].split(",")] if match else []
        if match is None or not all(_PATH.fullmatch(path) for path in paths):
            raise StatementError(f"{name}: `-- group by:` reads `name = Path, Path; …`, not {entry.strip()!r}")
        if match[1] in groups:
            raise StatementError(f"{name}: the group {match[1]} is there twice")
        groups[match[1]] = tuple(FieldPath(tuple(path.split("."))) for path in paths)
    return MappingProxyType(groups)
