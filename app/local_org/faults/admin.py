"""`/__admin__/faults`: list, arm and clear faults, and change the org at once. Its own answer documents it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.local_org.faults.armed import ArmedFaults
from app.local_org.faults.changes import CHANGE_KINDS, CHANGES, Change
from app.local_org.faults.kinds import ARMED, KINDS, Armed
from app.local_org.oauth.services import in_thread

PATH = "/__admin__/faults"

USAGE = {
    f"GET {PATH}": "this text, the armed faults, and what can be changed at once as it is now",
    f"POST {PATH}": 'arms a fault (201: its line) or changes the org at once (200: its state): {"kind": …, options}',
    f"GET {PATH}/{{id}}": "one armed fault: how often it was met, how often it is still due",
    f"DELETE {PATH}/{{id}}": "clears one",
    f"DELETE {PATH}": "clears all armed faults; what was changed at once stays",
}


class FaultRefused(ValueError):
    """A fault that cannot be read or applied; the message says why."""


@dataclass(frozen=True, slots=True)
class FaultAdmin:
    """The endpoint. apply: makes a change and raises FaultRefused; state: what can be changed, as it is now."""

    faults: ArmedFaults
    apply: Callable[[Change], None]
    state: Callable[[], dict[str, Any]]

    def take(self, text: str | bytes) -> dict[str, Any]:
        """Arms or applies a fault of JSON text and answers with its line or with the new state. Raises FaultRefused."""
        try:
            read = read_fault(text)
        except ValidationError as error:
            raise FaultRefused(_why(error)) from error
        if isinstance(read, Armed):
            return self.faults.add(read)
        self.apply(read)
        return self.state()

    async def show(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "usage": USAGE,
                "faults": self.faults.listed(),
                "state": await in_thread(self.state),
                "armed_kinds": {_name(model): _documentation(model) for model in KINDS},
                "changes_at_once": {_name(model): _documentation(model) for model in CHANGE_KINDS},
            }
        )

    async def add(self, request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return _refused(415, "send application/json")
        body = await request.body()
        try:
            line = await in_thread(self.take, body)
        except FaultRefused as error:
            return _refused(400, str(error))
        return JSONResponse(line, 201 if "id" in line else 200)

    async def clear(self, _request: Request) -> Response:
        self.faults.clear()
        return Response(status_code=204)

    async def show_one(self, request: Request) -> Response:
        line = self.faults.line(int(request.path_params["number"]))
        return _refused(404, "no such fault") if line is None else JSONResponse(line)

    async def clear_one(self, request: Request) -> Response:
        removed = self.faults.remove(int(request.path_params["number"]))
        return Response(status_code=204) if removed else _refused(404, "no such fault")

    def routes(self) -> list[Route]:
        return [
            Route(PATH, self.show, methods=["GET"]),
            Route(PATH, self.add, methods=["POST"]),
            Route(PATH, self.clear, methods=["DELETE"]),
            Route(PATH + "/{number:int}", self.show_one, methods=["GET"]),
            Route(PATH + "/{number:int}", self.clear_one, methods=["DELETE"]),
        ]


def read_fault(text: str | bytes) -> Armed | Change:
    """The fault of a JSON text. Raises pydantic's ValidationError, which names what is wrong."""
    named = _Named.model_validate_json(text)
    if named.kind in {_name(model) for model in CHANGE_KINDS}:
        return CHANGES.validate_json(text)
    return ARMED.validate_json(text)


class _Named(BaseModel):
    kind: str


def _name(model: type[BaseModel]) -> str:
    return model.model_json_schema()["properties"]["kind"]["const"]


def _documentation(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema()
    options = {name: entry for name, entry in schema["properties"].items() if name not in ("kind", "match")}
    for entry in options.values():
        entry.pop("title", None)
    described: dict[str, Any] = {"does": inspect.cleandoc(model.__doc__ or ""), "options": options}
    if "match" in schema["properties"]:
        described["match"] = {
            name: entry.get("description", "") for name, entry in schema["$defs"]["Match"]["properties"].items()
        }
    return described


def _why(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in found['loc']) or 'body'}: {found['msg']}" for found in error.errors()
    )


def _refused(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status)
