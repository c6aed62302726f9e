"""What tools cost in round trips to Salesforce: typical questions in both scopes, cold and warm, against a local org.

The calls are those that the audit counted. Ends with 1 if a warm question costs more than its tool may. The times are
of everything in one process, so they compare the questions with each other, and nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from app.logs import configure_logging
from app.org.caller import Scope
from scripts.benchmarks.questions import A_MEETING, QUESTIONS, Question
from scripts.benchmarks.wide_pool import add_wide_pool
from tests.support.running_server import RunningServer, running_server

HANDLES = {Scope.ADMIN: "admin", Scope.USER: "rep1"}
FORGOTTEN = timedelta(minutes=10)
"""After this nothing is kept any more that answers could be made from; what was learned of the org's schema is."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Calls to Salesforce of the first and, at most, of any later asking; median milliseconds of the later ones."""

    question: Question
    cold: int
    warm: int
    milliseconds: float

    @property
    def is_too_much(self) -> bool:
        return self.warm > self.question.allowance


class Refused(RuntimeError):
    """A question that was not answered: its cost is that of no answer."""


async def measured(server: RunningServer, questions: Sequence[Question], rounds: int) -> list[Cost]:
    """Each question asked once cold and `rounds` times warm; nobody else asks meanwhile. Raises Refused."""
    found: list[Cost] = []
    asked = len(server.rows("SELECT 1 FROM audit"))
    for question in questions:
        server.clock.advance(FORGOTTEN)
        times = await _asked(server, question, 1 + rounds)
        asked += len(times)
        rows = server.audit(asked)[-len(times) :]
        if refused := [row["outcome"] for row in rows if row["outcome"] != "ok"]:
            raise Refused(f"{question.tool}, {question.text}: {refused[0]}")
        cold, *warm = [row["salesforce_calls"] for row in rows]
        found.append(Cost(question, cold, max(warm), median(times[1:]) * 1000))
    return found


async def _asked(server: RunningServer, question: Question, times: int) -> list[float]:
    """The seconds of each asking, after a sign-in, which tools are not charged with."""
    seconds: list[float] = []
    async with server.signed_in(HANDLES[question.scope]) as client:
        for _ in range(times):
            began = time.perf_counter()
            await client.call_tool(question.tool, _filled(server, question.arguments))
            seconds.append(time.perf_counter() - began)
    return seconds


def _filled(server: RunningServer, arguments: Mapping[str, Any]) -> dict[str, Any]:
    meetings = server.data.of("LeanData__BookIt_Meeting__c")
    pooled = next(row["Id"] for row in meetings if row["LeanData__Pool_Member__c"] is not None)
    return {name: pooled if value == A_MEETING else value for name, value in arguments.items()}


def print_costs(found: Sequence[Cost]) -> None:
    """A line per question, and a mark at what costs too much."""
    print(f"{'tool':<22} {'scope':<6} {'question':<32} {'cold':>5} {'warm':>5} {'ms':>7} {'allowed':>8}")
    for cost in found:
        question, mark = cost.question, "  TOO MUCH" if cost.is_too_much else ""
        print(
            f"{question.tool:<22} {question.scope:<6} {question.text:<32} {cost.cold:>5} {cost.warm:>5} "
            f"{cost.milliseconds:7.1f} {question.allowance:>8}{mark}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="how often each question is asked warm")
    parser.add_argument("--meetings", type=int, default=2000)
    parser.add_argument("--tool", help="the questions to this tool alone")
    options = parser.parse_args()
    configure_logging("WARNING")
    questions = [question for question in QUESTIONS if options.tool in (None, question.tool)]
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder), meetings=options.meetings, change_org=add_wide_pool) as server,
    ):
        found = asyncio.run(measured(server, questions, options.rounds))
    print_costs(found)
    sys.exit(1 if any(cost.is_too_much for cost in found) else 0)


if __name__ == "__main__":
    main()
