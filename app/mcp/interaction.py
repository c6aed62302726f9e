"""How a client can be asked in the middle of a call, and what its person said.

Clients of the 2026-07-28 era that declare form elicitation are answered `input_required`; they ask their person, and
repeat the call with what he said and with our state (MCP specification, Multi Round-Trip Requests). All others get a
preview and a token to come back with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

_KEY: Final = "confirmation"
_CONFIRM: Final = "confirm"


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask before going on. message: for the person, in words; state: what the repeated call brings back."""

    message: str
    state: str

    def as_result(self) -> types.InputRequiredResult:
        schema = {
            "type": "object",
            "properties": {_CONFIRM: {"type": "boolean", "title": "Go ahead", "description": "true: do it"}},
            "required": [_CONFIRM],
        }
        params = types.ElicitRequestFormParams(message=self.message, requested_schema=schema)
        return types.InputRequiredResult(
            input_requests={_KEY: types.ElicitRequest(params=params)}, request_state=self.state
        )


@dataclass(frozen=True, slots=True)
class Interaction:
    """can_ask: whether this client can be asked. state: of our question, once it was answered. agreed: with yes."""

    can_ask: bool = False
    state: str | None = None
    agreed: bool = False


NONE: Final = Interaction()


def interaction_of(ctx: ServerRequestContext[Any, Any], params: types.CallToolRequestParams) -> Interaction:
    """The state was sealed by us, for this caller: the SDK's boundary has opened it before this is called."""
    if ctx.protocol_version not in MODERN_PROTOCOL_VERSIONS:
        return NONE
    capabilities = ctx.session.client_capabilities
    elicitation = capabilities.elicitation if capabilities is not None else None
    # A bare `elicitation: {}` is the older way to declare forms.
    can_ask = elicitation is not None and (elicitation.form is not None or elicitation.url is None)
    answer = (params.input_responses or {}).get(_KEY)
    if params.request_state is None or not isinstance(answer, types.ElicitResult):
        return Interaction(can_ask=can_ask)
    return Interaction(can_ask=can_ask, state=params.request_state, agreed=_agreed(answer))


def _agreed(answer: types.ElicitResult) -> bool:
    content: Mapping[str, object] = answer.content or {}
    return answer.action == "accept" and content.get(_CONFIRM) is True
