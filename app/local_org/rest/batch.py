"""`/composite/batch`: up to 25 independent subrequests in one call, each with its own answer.

Source: REST API Developer Guide, Composite Batch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.local_org.errors import ApiError, Unsupported
from app.local_org.rest.bodies import error_array
from app.local_org.rest.call import Answer, Call
from app.local_org.rest.composite_request import METHODS
from app.local_org.rest.context import Context
from app.local_org.rest.json_value import Json
from app.local_org.rest.resources import Method, Resource, Resources
from app.local_org.rest.strict_json import bad, flag, object_list, only_keys, text
from app.local_org.rest.subrequest_url import batch_url

MAX_REQUESTS = 25

HALTED = Answer(
    412,
    error_array(
        ApiError(
            412,
            "BATCH_PROCESSING_HALTED",
            "Batch processing halted per request, following execution of a subrequest with an error status.",
        )
    ),
)
"""For each subrequest after a failed one under haltOnError. The code and 412 are documented, the text is not. [BG]"""


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str
    rich_input: Json


@dataclass(frozen=True, slots=True)
class Batch:
    """The batch resource over the resources that a subrequest may reach."""

    resources: Resources

    def handle(self, context: Context, call: Call) -> Answer:
        body = call.json_object()
        only_keys(body, {"batchRequests", "haltOnError"}, "BatchCollectionInput")
        halt_on_error = flag(body, "haltOnError")
        requests = [_read(entry) for entry in object_list(body, "batchRequests")]
        if len(requests) > MAX_REQUESTS:
            # The limit is documented; its code and text are background knowledge.
            raise ApiError(400, "LIMIT_EXCEEDED", f"The batch can't contain more than {MAX_REQUESTS} subrequests.")
        answers: list[Answer] = []
        for request in requests:
            halted = halt_on_error and any(answer.status >= 400 for answer in answers)
            answers.append(HALTED if halted else self._run(context, request, call.version))
        results = [{"statusCode": answer.status, "result": answer.body} for answer in answers]
        return Answer(200, {"hasErrors": any(answer.status >= 400 for answer in answers), "results": results})

    def _run(self, context: Context, request: _Request, version: int) -> Answer:
        try:
            # Each subrequest counts against the org's limit (the same page).
            context.usage.count()
            url = batch_url(request.url, version)
            resource, _ = self.resources.find(url.segments, url.version)
            if not resource.in_batch:
                raise Unsupported(f"/{'/'.join(url.segments)} inside a batch")
        except ApiError as error:
            return Answer(error.status, error_array(error))
        return self.resources.run(
            context,
            Call(
                method=request.method,
                segments=url.segments,
                params=url.params,
                headers={} if request.rich_input is None else {"content-type": "application/json"},
                body=b"" if request.rich_input is None else json.dumps(request.rich_input).encode(),
                version=url.version,
            ),
        )


def _read(entry: Mapping[str, Any]) -> _Request:
    only_keys(entry, {"method", "url", "richInput", "binaryPartName", "binaryPartNameAlias"}, "SubrequestInput")
    if "binaryPartName" in entry or "binaryPartNameAlias" in entry:
        raise Unsupported("binary parts in a batch")
    method = text(entry, "method").upper()
    if method not in METHODS:
        raise bad(f"Cannot deserialize the method '{method}'")
    return _Request(method, text(entry, "url"), entry.get("richInput"))


def batch_resource(resources: Resources) -> Resource:
    """The resource itself; neither a composite nor a batch holds one."""
    return Resource(
        ("composite", "batch"), {"POST": Method(Batch(resources).handle)}, in_composite=False, in_batch=False, since=34
    )
