"""The ASGI middleware that lets requests meet the armed faults. Outermost, so that it breaks what goes on the wire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.local_org.errors import ApiError
from app.local_org.faults.answers import answer_to
from app.local_org.faults.armed import ArmedFaults, Asked
from app.local_org.faults.connection import break_off
from app.local_org.faults.kinds import (
    Armed,
    ConcurrentEdit,
    Drop,
    ExpireSession,
    Refuse,
    RequestLimit,
    RevokeGrant,
    Slow,
    Truncate,
    Unavailable,
)
from app.local_org.faults.written_records import Written, written_records

ADMIN_PATH = "/__admin__/"


@dataclass(frozen=True, slots=True)
class Effects:
    """What faults do to the org itself; each runs in a thread.

    end_session takes the request's token, end_grant an access or a refresh token.
    """

    end_session: Callable[[str], object]
    end_grant: Callable[[str], object]
    edit: Callable[[ConcurrentEdit, tuple[Written, ...]], None]


@dataclass(slots=True)
class _Plan:
    """What is left to do once the request was prepared."""

    refusal: Response | None = None
    drop: Drop | None = None
    truncate: Truncate | None = None
    wait_after: float = 0.0


@dataclass(slots=True)
class _Answer:
    """An answer that is held back: its start and its body."""

    start: Message | None = None
    body: list[bytes] = field(default_factory=list[bytes])

    async def hold(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            self.body.append(message.get("body", b""))


class FaultInjection:
    """With no fault due, a request passes untouched."""

    def __init__(self, app: ASGIApp, faults: ArmedFaults, effects: Effects) -> None:
        self._app = app
        self._faults = faults
        self._effects = effects

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(ADMIN_PATH) or not self._faults.any_due():
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        plan = await self._prepared(scope, body)
        if plan.refusal is not None:
            await plan.refusal(scope, receive, send)
        elif plan.drop is not None and plan.drop.when == "before":
            await break_off(scope, receive, unsent=True)
        else:
            answer = _Answer()
            await self._app(scope, _replayed(body, receive), answer.hold)
            await anyio.sleep(plan.wait_after)
            await _send_on(scope, receive, send, answer, plan)

    async def _prepared(self, scope: Scope, body: bytes) -> _Plan:
        """Meets the faults one by one; those behind one that decides about the answer are not met."""
        url = scope["raw_path"].decode("ascii") + ("?" + scope["query_string"].decode("ascii")).rstrip("?")
        written = written_records(scope["method"], url, body)
        text = unquote_plus(url) + "\n" + body.decode("utf-8", "replace")
        token = await _refresh_token(scope, body) or _bearer(scope)
        asked = Asked(scope["method"], scope["path"], text, writes_records=bool(written), token=token)
        plan = _Plan()
        for fault in self._faults.met_by(asked):
            if await self._meet(fault, plan, scope, token, written):
                break
        return plan

    async def _meet(
        self, fault: Armed, plan: _Plan, scope: Scope, token: str | None, written: tuple[Written, ...]
    ) -> bool:
        """Lets one fault take effect; whether it decides about the answer."""
        match fault:
            case Slow(when="before"):
                await anyio.sleep(fault.seconds)
            case Slow():
                plan.wait_after += fault.seconds
            case ExpireSession() if token is not None:
                await anyio.to_thread.run_sync(self._effects.end_session, token)
            case RevokeGrant() if token is not None:
                await anyio.to_thread.run_sync(self._effects.end_grant, token)
            case ConcurrentEdit():
                try:
                    await anyio.to_thread.run_sync(self._effects.edit, fault, written)
                except (ApiError, LookupError) as error:
                    plan.refusal = answer_to(
                        scope, Refuse(kind="refuse", status=501, code="EMULATOR_UNSUPPORTED", message=_failed(error))
                    )
                    return True
            case Unavailable() | RequestLimit() | Refuse():
                plan.refusal = answer_to(scope, fault)
                return True
            case Drop():
                plan.drop = fault
                return True
            case Truncate():
                plan.truncate = fault
                return True
            case _:
                raise TypeError(f"no effect for {fault}")
        return False


async def _send_on(scope: Scope, receive: Receive, send: Send, answer: _Answer, plan: _Plan) -> None:
    """The held answer: whole, in part, or not at all."""
    body = b"".join(answer.body)
    if plan.drop is not None or (plan.truncate is not None and not body):
        await break_off(scope, receive, unsent=True)
        return
    if answer.start is None:
        raise RuntimeError("the application gave no answer")
    await send(answer.start)
    if plan.truncate is None:
        await send({"type": "http.response.body", "body": body})
        return
    kept = len(body) // 2 if plan.truncate.bytes is None else min(plan.truncate.bytes, len(body) - 1)
    await send({"type": "http.response.body", "body": body[:kept], "more_body": True})
    await break_off(scope, receive, unsent=False)


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body", False):
            return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _bearer(scope: Scope) -> str | None:
    scheme, _, token = Request(scope).headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() in ("bearer", "oauth") else None


async def _refresh_token(scope: Scope, body: bytes) -> str | None:
    """That of a token, revocation or introspection request's form."""
    if not Request(scope).headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return None

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async with Request(scope, receive).form() as form:
        token = form.get("refresh_token") or form.get("token")
        return token if isinstance(token, str) else None


def _failed(error: Exception) -> str:
    text = error.message if isinstance(error, ApiError) else str(error)
    return f"The concurrent_edit fault failed: {text}"
