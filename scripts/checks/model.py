"""What a check is: a behaviour in one sentence, where it is known from, how sure, and a function that looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from scripts.checks.findings import Finding

if TYPE_CHECKING:
    from scripts.checks.visit import Visit

Look = Callable[["Visit"], Iterator[Finding]]
"""Asks the org and yields what was expected beside what came. Raises NotRunError where the org cannot be asked."""


class Sure(StrEnum):
    """How sure a behaviour of Salesforce's is, surest first."""

    RUN = "RUN"
    DOC = "DOC"
    FIX = "FIX"
    REP = "REP"
    BG = "BG"


class Need(StrEnum):
    """What a check needs beside an administrator's token; without it the check is not run, and says so."""

    LIMITED_USER = "the token of a user with nothing but a Minimum Access profile"
    APP = "a consumer key and secret"
    SIGN_IN = "a consumer key and secret, and somebody who signs in"
    SUPPORT = "our package bookit-mcp-support"
    BOOKIT = "the objects of leandata-bookit, the stand-in"


@dataclass(frozen=True, slots=True)
class Check:
    """One behaviour and the function that looks for it. id: `area.behaviour`."""

    id: str
    behaviour: str
    source: str
    sure: Sure
    look: Look
    needs: frozenset[Need] = frozenset()


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A behaviour of the local org that cannot be asked of any org, and why.

    codes: the error codes that it explains. test: the test that holds the local org to it (`oauth/test_x.py::test_it`,
    below tests/local_org).
    """

    id: str
    behaviour: str
    source: str
    sure: Sure
    because: str
    codes: tuple[str, ...] = ()
    test: str | None = None


@dataclass(slots=True)
class Area:
    """A heading of FIDELITY.md with its checks, in the order of the file that holds them."""

    title: str
    checks: list[Check] = field(default_factory=list[Check])
    unchecked: list[Unchecked] = field(default_factory=list[Unchecked])

    def check(
        self, check_id: str, behaviour: str, *, source: str, sure: Sure, needs: tuple[Need, ...] = ()
    ) -> Callable[[Look], Look]:
        """Enters the decorated function as a check."""

        def enter(look: Look) -> Look:
            self.checks.append(Check(check_id, behaviour, source, sure, look, frozenset(needs)))
            return look

        return enter

    def cannot_check(
        self,
        entry_id: str,
        behaviour: str,
        *,
        source: str,
        sure: Sure,
        because: str,
        codes: tuple[str, ...] = (),
        test: str | None = None,
    ) -> None:
        """Enters a behaviour that no check asks for, and why."""
        self.unchecked.append(Unchecked(entry_id, behaviour, source, sure, because, codes, test))
