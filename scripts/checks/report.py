"""What came of the checks, for a person: a table of differences, what was not run, what was left behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from scripts.checks.findings import shown
from scripts.checks.runner import Outcome

WIDTH = 160
"""Columns where the output is no terminal."""


def print_outcomes(outcomes: Sequence[Outcome], redacted: Callable[[str], str]) -> int:
    """Prints to standard output, every cell through `redacted`, and returns the exit status."""
    console = Console(width=None if Console().is_terminal else WIDTH, highlight=False)
    differing = [outcome for outcome in outcomes if outcome.differences]
    if differing:
        console.print(_table(differing, redacted))
    not_run: defaultdict[str, list[str]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.not_run is not None:
            not_run[redacted(outcome.not_run)].append(outcome.check.id)
    for reason, names in not_run.items():
        console.print(Text(f"Not run ({reason}): {', '.join(names)}"))
    left = [row for outcome in outcomes for row in outcome.left]
    if left:
        console.print(Text(f"Could not be deleted: {', '.join(left)}"))
    agreed = sum(1 for outcome in outcomes if outcome.findings and not outcome.differences and not outcome.not_run)
    missed = sum(1 for outcome in outcomes if outcome.not_run is not None)
    console.print(Text(f"{agreed} as the local org, {len(differing)} different, {missed} not run."))
    return 1 if differing or left else 0


def _table(outcomes: Sequence[Outcome], redacted: Callable[[str], str]) -> Table:
    table = Table("Behaviour", "Expected", "Got", show_lines=True)
    for outcome in outcomes:
        for finding in outcome.differences:
            behaviour = f"{outcome.check.id}: {outcome.check.behaviour}\n({finding.what}) [{outcome.check.sure}]"
            cells = (behaviour, shown(finding.expected), shown(finding.got))
            table.add_row(*(Text(redacted(cell), overflow="fold") for cell in cells))
    return table
