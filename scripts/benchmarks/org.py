"""What the local org's size costs: each statement of soql/queries/ on a small and on a large org, for the same answer.

Both orgs hold the same months; the large one reaches further back. Each statement runs in every scope and form, with
each of its optional binds; the two orgs take turns, in one process, and what is measured is the CPU time of its thread,
so a busy machine does not tell. Counts without a period are left out: their answer is not the same.

Then the local org's calls per second over HTTP, beside what the server could ask of it.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from app.cli.local_org import PACKAGES
from app.local_org.demo_data.chapters import CHAPTER, load_chapters
from app.local_org.demo_data.options import DEFAULT_SEED, DemoOptions
from app.local_org.org import LocalOrg, Session
from app.local_org.schema.compile import compile_schema
from scripts.benchmarks.org_rates import print_rates
from scripts.benchmarks.org_statements import CALLERS, NOW, Case, Known, cases

WANTED = 1.2


@dataclass(frozen=True, slots=True)
class Cost:
    """Median CPU milliseconds of one case on both orgs."""

    case: Case
    small: float
    large: float


class DifferentAnswer(RuntimeError):
    """The two orgs answer a statement differently, so its costs cannot be compared."""


def opened(folder: Path, meetings: int, chapter: int) -> LocalOrg:
    """The org of so many meetings, from its file in the folder if there is a whole one, else loaded."""
    path = folder / f"org-{meetings}-of-{chapter}.db"
    schema = compile_schema(PACKAGES)
    try:
        org = LocalOrg(path, schema, lambda: NOW)
    except ValueError as problem:
        print(f"{problem} Loading it anew.")
        for end in ("", "-wal", "-shm"):
            Path(f"{path}{end}").unlink(missing_ok=True)
        org = LocalOrg(path, schema, lambda: NOW)
    if org.is_new:
        started, cpu = time.perf_counter(), time.process_time()
        load_chapters(org, DemoOptions(NOW, DEFAULT_SEED, meetings), chapter=chapter)
        took, cpu = time.perf_counter() - started, time.process_time() - cpu
        size = path.stat().st_size / 1e6
        print(f"loaded {meetings:>9,} meetings in {took:6.1f} s ({cpu:.1f} s of one core); the file has {size:,.0f} MB")
    return org


def costs(small: LocalOrg, large: LocalOrg, rounds: int) -> list[Cost]:
    """Every case on both, in turns. Raises DifferentAnswer."""
    known = Known.of(small)
    found: list[Cost] = []
    for case in cases(known):
        sessions = [org.acting(known.people[CALLERS[case.scope]]) for org in (small, large)]
        one, other = (_run(session, case) for session in sessions)
        if one != other:
            raise DifferentAnswer(f"{case.form} [{case.given}]: {case.soql}")
        times: tuple[list[float], list[float]] = ([], [])
        for number in range(rounds):
            for which in (0, 1) if number % 2 else (1, 0):
                started = time.thread_time_ns()
                _run(sessions[which], case)
                times[which].append((time.thread_time_ns() - started) / 1e6)
        found.append(Cost(case, median(times[0]), median(times[1])))
    return found


def _run(session: Session, case: Case) -> object:
    return session.tooling_query(case.soql) if case.tooling else session.query(case.soql)


def print_costs(found: Sequence[Cost]) -> float:
    """A line per statement, scope and form; gives back the highest ratio."""
    by_form: defaultdict[str, list[Cost]] = defaultdict(list)
    for cost in found:
        by_form[cost.case.form].append(cost)
    print(f"{'statement, scope, form':<52} {'binds':>5} {'small ms':>9} {'large ms':>9} {'ratio':>6}  worst")
    highest = 0.0
    for form, own in by_form.items():
        small, large = sum(cost.small for cost in own), sum(cost.large for cost in own)
        worst = max(own, key=lambda cost: cost.large / cost.small)
        highest = max(highest, large / small)
        told = f"{worst.large / worst.small:.2f} [{worst.case.given}]"
        print(f"{form:<52} {len(own):>5} {small / len(own):9.3f} {large / len(own):9.3f} {large / small:6.2f}  {told}")
    print(f"highest ratio: {highest:.2f} (at most {WANTED} is wanted)")
    return highest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=CHAPTER, help="meetings, and so the length of a chapter")
    parser.add_argument("--large", type=int, default=1_000_000, help="meetings; whole chapters of the small org")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the orgs' files here, and use those that are")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each round over HTTP; 0 leaves HTTP out")
    options = parser.parse_args()
    if options.large % options.small:
        parser.error("--large must be a multiple of --small, so that both hold the same months")

    with tempfile.TemporaryDirectory(prefix="bench-org-") as temporary:
        folder: Path = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        orgs = [opened(folder, meetings, options.small) for meetings in (options.small, options.large)]
        gc.disable()
        highest = print_costs(costs(orgs[0], orgs[1], options.rounds))
        gc.enable()
        for org in orgs:
            org.close()
        if options.seconds:
            print_rates(folder / f"org-{options.large}-of-{options.small}.db", options.seconds)
    sys.exit(highest > WANTED)


if __name__ == "__main__":
    main()
