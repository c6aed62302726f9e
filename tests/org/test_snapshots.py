"""What the server can ask an org, as it leaves: every statement, in every scope and form, for reviewers.

A change of a statement, a record filter or the schema map shows here. `scripts/snapshot` writes the files anew.
"""

from __future__ import annotations

import os
from pathlib import Path

from app.org.reader import Ask
from app.org.record_filters import StatementScope
from app.org.schema_map import SchemaMap
from app.org.statements import Statements
from soql.printer import to_pretty
from soql.statements import StatementFile

SNAPSHOTS = Path(__file__).parent / "snapshots"


def test_every_statement_leaves_as_the_reviewed_snapshot_says(
    statement_files: dict[str, StatementFile], schema_map: SchemaMap
) -> None:
    compiled = Statements(statement_files, schema_map)
    texts = {
        SNAPSHOTS / scope / f"{name}.soql": _snapshot(file, StatementScope(scope), compiled)
        for name, file in statement_files.items()
        for scope in file.scopes
    }
    there = {path: path.read_text(encoding="utf-8") for path in SNAPSHOTS.rglob("*.soql")}
    if os.environ.get("WRITE_SNAPSHOTS") == "1":
        for path in there.keys() - texts.keys():
            path.unlink()
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return
    named = {path.relative_to(SNAPSHOTS).as_posix() for path in texts.keys() ^ there.keys()}
    assert not named, "snapshots without a statement, or the other way round; see scripts/snapshot"
    changed = [path for path, text in texts.items() if there[path] != text]
    for path in changed:
        assert there[path] == texts[path], f"{path.relative_to(SNAPSHOTS)} differs; see scripts/snapshot"


def _snapshot(file: StatementFile, scope: StatementScope, statements: Statements) -> str:
    forms = [("", Ask(file.name))]
    if file.descending:
        forms.append(("-- descending\n", Ask(file.name, descending=True)))
    forms += [(f"-- grouped by {group}\n", Ask(file.name, group_by=(group,))) for group in file.groups]
    texts = [title + to_pretty(statements.find(scope, ask).select).rstrip() for title, ask in forms]
    return f"-- {file.purpose}\n-- Scope: {scope}\n" + "\n\n".join(texts) + "\n"
