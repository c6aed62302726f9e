"""docs/FIDELITY.md rendered from the checks: `scripts/check_org --document > docs/FIDELITY.md`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from scripts.checks.lacks import lacks
from scripts.checks.model import Area, Check, Need, Sure, Unchecked
from scripts.checks.registry import AREAS, CHECKS, UNCHECKED

TAGS = {
    Sure.RUN: "found by running the library or the code that states it",
    Sure.DOC: "a page of Salesforce's own says so",
    Sure.FIX: "a recorded real response, or a test in a public repository that holds a real org to it",
    Sure.REP: "a public report: an issue, a question, a post",
    Sure.BG: "background knowledge, which nothing public was found to confirm",
}

HEAD = """# How true the local org is

<!-- Rendered from scripts/checks: scripts/check_org --document > docs/FIDELITY.md. A test holds the two together. -->

`app/local_org` stands in for a Salesforce org, so what passes on it must pass on a real one. This page lists what it
claims a real org does, where each claim comes from, how sure it is, and the check that asks for it. The checks are in
[scripts/checks/areas](../scripts/checks/areas): each sends requests over HTTP and knows nothing of the local org's
code. `tests/fidelity` runs them against the local org over a socket; `scripts/check_org` runs the very same ones
against any org, and prints what differs:

```
export CHECK_ORG_URL=https://acme--dev.sandbox.my.salesforce.com CHECK_ORG_TOKEN=…
scripts/check_org                  # everything; scripts/check_org --help says what else it takes
scripts/check_org soql. writes.    # two areas
```

It writes only rows of its own, whose names or keys begin with "BookIt MCP check", and deletes them. It has not been run
against a real org yet: none was at hand. The first one to run it should correct this page, and the local org with it.
Error texts are compared to the letter where the source shows them, by their shape where it does not.

How sure a claim is:

| tag | what stands behind it |
|---|---|
"""

REFUSED_HEAD = """
## What the local org does not do

Whatever it does not take is refused loudly, with status 501, errorCode `EMULATOR_UNSUPPORTED` and its name, never
skipped. A real org takes these (… stands for a name):

"""


def document() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield HEAD.rstrip("\n")
    counts = Counter(entry.sure for entry in (*CHECKS, *UNCHECKED))
    for tag, meaning in TAGS.items():
        yield f"| {tag.value} | {meaning} ({counts[tag]} of {sum(counts.values())}) |"
    yield ""
    yield "Where a claim has two sources, the tag is that of the behaviour; the source says what of it is less sure."
    for area in AREAS:
        yield from _area(area)
    yield REFUSED_HEAD.rstrip("\n")
    yield ""
    yield "| refused | in app/local_org/ |"
    yield "|---|---|"
    for what, where in lacks():
        yield _row(what, f"`{where}`")


def _area(area: Area) -> Iterator[str]:
    yield ""
    yield f"## {area.title}"
    yield ""
    yield "| check | behaviour | sure | source |"
    yield "|---|---|---|---|"
    for check in area.checks:
        yield _row(f"`{check.id}`{_needs(check)}", check.behaviour, check.sure.value, check.source)
    if area.unchecked:
        yield ""
        yield "Unchecked, because no request can ask for it:"
        yield ""
        yield "| entry | behaviour | sure | source | why not, and what holds the local org to it |"
        yield "|---|---|---|---|---|"
        for entry in area.unchecked:
            yield _row(f"`{entry.id}`", entry.behaviour, entry.sure.value, entry.source, _because(entry))


def _needs(check: Check) -> str:
    marks = {
        Need.LIMITED_USER: "limited user",
        Need.APP: "app",
        Need.SIGN_IN: "sign-in",
        Need.SUPPORT: "support package",
        Need.BOOKIT: "stand-in package",
    }
    needed = [marks[need] for need in Need if need in check.needs]
    return f" ({', '.join(needed)})" if needed else ""


def _because(entry: Unchecked) -> str:
    return entry.because if entry.test is None else f"{entry.because}; `tests/local_org/{entry.test}`"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
