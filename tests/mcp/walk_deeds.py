"""One action of a walk: what is asked, what may come of it, and what the model does when it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from app.org.caller import Caller, Scope
from tests.mcp.credit_world import Rows
from tests.mcp.walk_model import Model
from tests.mcp.walk_rows import Names, all_rows, check_claims_stand, check_rows
from tests.mcp.walk_setup import PEOPLE, add_walk_setup
from tests.mcp.world import world

TOKENS_LIVE = timedelta(minutes=10)
Given = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Deed:
    """refused: the codes that may be answered now, none if it can be done; apply: tells the model what was done, from
    the answer. other: another body of the same tool."""

    who: str
    tool: str
    given: Given
    refused: Callable[[], set[str]]
    apply: Callable[[Given], None]
    other: Given


@dataclass(frozen=True)
class Previewed:
    deed: Deed
    token: str
    at: datetime
    done_before: int


@dataclass(frozen=True)
class Done:
    deed: Deed
    given: Given
    at: datetime
    answer: Given


@dataclass
class Walk:
    """A world, its model, and what was done so far. operations: how many deeds were done."""

    open_things: ExitStack = field(default_factory=ExitStack)
    model: Model = field(default_factory=Model)
    previewed: list[Previewed] = field(default_factory=list[Previewed])
    done: list[Done] = field(default_factory=list[Done])
    operations: int = 0

    def __post_init__(self) -> None:
        self.loop = self.open_things.enter_context(asyncio.Runner())
        self.world = self.open_things.enter_context(world(meetings=0, add=add_walk_setup))
        self.names = Names.of(self.world)
        self.rows = all_rows(self.world)

    @property
    def now(self) -> datetime:
        return self.world.clock()

    def move_clock(self, by: timedelta) -> None:
        """Sessions of Salesforce end meanwhile: everybody gets a new one."""
        self.world.clock.advance(by)
        self.world.grants.made.clear()

    def caller(self, who: str) -> Caller:
        """who: a rep's handle, an admin's, or agent for whoever came by one-time code."""
        if who == "agent":
            return self.world.agent()
        return self.world.caller(who, Scope.USER if who in PEOPLE else Scope.ADMIN)

    def user(self, handle: str) -> str:
        return self.world.people[handle]

    def call(self, who: str, tool: str, **given: Any) -> tuple[bool, Given]:
        """Whether it is no error, and the answer or the error."""
        result = self.loop.run(self.world.result(self.caller(who), tool, given))
        assert result.structured_content is not None
        if result.is_error:
            return False, result.structured_content["error"]
        return True, result.structured_content

    def answer(self, who: str, tool: str, **given: Any) -> Given:
        well, answer = self.call(who, tool, **given)
        assert well, answer
        return answer

    def propose(self, deed: Deed, *, later: bool, key: str | None) -> None:
        """Asks for the preview, and agrees to it now or later."""
        given = {**deed.given, **({"idempotency_key": key} if key else {})}
        well, answer = self.call(deed.who, deed.tool, **given)
        self.nothing_changed()
        refused = deed.refused()
        if refused:
            assert not well, answer
            assert answer["code"] in refused, answer
            return
        assert well, answer
        assert answer["status"] == "preview"
        previewed = Previewed(
            Deed(deed.who, deed.tool, given, deed.refused, deed.apply, deed.other),
            answer["confirm_token"],
            self.now,
            self.operations,
        )
        if later:
            self.previewed.append(previewed)
        else:
            self.agree(previewed)

    def agree(self, previewed: Previewed) -> None:
        deed = previewed.deed
        given = {**deed.given, "confirm_token": previewed.token}
        refused = deed.refused()
        if self.now >= previewed.at + TOKENS_LIVE:
            refused = {"confirmation_expired"}
        elif previewed.done_before != self.operations and refused:
            refused = refused | {"conflict"}
        well, answer = self.call(deed.who, deed.tool, **given)
        if not well and not refused and previewed.done_before != self.operations:
            refused = {"conflict"}  # what was shown may have changed
        if refused:
            assert not well, answer
            assert answer["code"] in refused, answer
            self.nothing_changed()
            return
        assert well, answer
        assert answer["status"] == "done"
        assert all(each["status"] != "failed" for each in answer["follow_up"])
        self.operations += 1
        deed.apply(answer)
        self.done.append(Done(deed, given, self.now, answer))
        before, self.rows = self.rows, all_rows(self.world)
        check_claims_stand(before, self.rows)
        check_rows(self.rows, self.model, self.names, operations=self.operations)

    def repeat(self, done: Done) -> None:
        """The same call again answers the same, and does nothing."""
        given: Given = dict(done.given)
        if self.now >= done.at + TOKENS_LIVE:
            del given["confirm_token"]
            if "idempotency_key" not in given:
                return
        again = self.answer(done.deed.who, done.deed.tool, **given)
        assert _but_follow_up(again) == _but_follow_up(done.answer)
        self.nothing_changed()

    def repeat_otherwise(self, done: Done) -> None:
        """Another request under the same key is refused."""
        given = {**done.given, **done.deed.other}
        del given["confirm_token"]
        if "idempotency_key" in given:
            well, answer = self.call(done.deed.who, done.deed.tool, **given)
            assert not well, answer
            assert answer["code"] == "conflict", answer
            self.nothing_changed()

    def nothing_changed(self) -> None:
        rows = all_rows(self.world)
        assert _differences(self.rows, rows) == {}

    def close(self) -> None:
        self.open_things.close()


def _but_follow_up(answer: Mapping[str, Any]) -> Given:
    return {name: value for name, value in answer.items() if name != "follow_up"}


def _differences(before: Rows, after: Rows) -> dict[tuple[str, str], tuple[Any, Any]]:
    keys = before.keys() | after.keys()
    return {key: (before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)}


def some(things: Sequence[T], number: int) -> T:
    return things[number % len(things)]
