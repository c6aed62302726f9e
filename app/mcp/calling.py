"""One call of one tool, from what a client sent to what it gets back."""

from collections.abc import Mapping
from typing import Any, Final

import mcp_types as types

from app.mcp.arguments import parse_arguments
from app.mcp.audited import Answered, audited
from app.mcp.call import Call, Services
from app.mcp.errors import Failure
from app.mcp.interaction import NONE, Interaction, Question
from app.mcp.tool import Answer, Tool
from app.mcp.views.structured import as_json
from app.org.caller import Caller

REQUEST_ID: Final = "bookit-mcp/request-id"
"""In the `_meta` of every answer: the id under which log, audit and span know the call."""


ASKED: Final = "asked"
"""The outcome of a call that ended with a question to the person behind the client."""


async def call_tool(
    tool: Tool[Any],
    caller: Caller,
    given: Mapping[str, Any],
    services: Services,
    interaction: Interaction = NONE,
) -> types.CallToolResult | types.InputRequiredResult:
    """The answer to one call of a tool that is exposed to the caller's scope: an error is an answer too, and so is a
    question."""

    with services.limits.admitted(caller) as refusal:

        async def handle(request_id: str) -> Answered:
            if refusal is not None:
                raise refusal
            arguments = parse_arguments(tool.exposures[caller.scope].arguments, given)
            call = Call(
                caller=caller,
                tool=tool.name,
                request_id=request_id,
                now=services.clock(),
                reader=services.gateway.as_caller(caller),
                services=services,
                interaction=interaction,
            )
            answer = await tool.handle(call, arguments)
            if isinstance(answer, Question):
                return Answered(answer.as_result(), outcome=ASKED)
            return Answered(_result(answer, request_id), answer.rows, answer.outcome)

        ended = await audited(
            handle,
            caller=caller,
            tool=tool.name,
            # A write that is refused here changes nothing: its row can wait for its batch.
            read_only=tool.annotations.read_only or refusal is not None,
            arguments=given,
            audit=services.audit,
            metrics=services.metrics,
        )
    return _failed(ended) if isinstance(ended, Failure) else ended.value


def _result(answer: Answer, request_id: str) -> types.CallToolResult:
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=answer.text)],
        structured_content=as_json(answer.structured),
        _meta={REQUEST_ID: request_id},
    )


def _failed(failure: Failure) -> types.CallToolResult:
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=failure.text())],
        structured_content=failure.structured(),
        is_error=True,
        _meta={REQUEST_ID: failure.request_id},
    )
