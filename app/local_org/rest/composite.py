"""`/composite`: up to 25 subrequests in one call, with references between them and, if asked, all or none."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from app.local_org.errors import ApiError, Unsupported
from app.local_org.rest.bodies import error_array
from app.local_org.rest.call import Answer, Call, root
from app.local_org.rest.composite_request import MAX_COUNTED, MAX_SUBREQUESTS, Subrequest, read_composite
from app.local_org.rest.context import Context
from app.local_org.rest.json_value import Json
from app.local_org.rest.references import substitute, substitute_url
from app.local_org.rest.resources import Method, Resource, Resources
from app.local_org.rest.subrequest_url import composite_url

HALTED_TEXT = "The transaction was rolled back since another operation in the same transaction failed."


class _RolledBackError(Exception):
    """Leaves the transaction so that it is taken back; the answers are already known."""


def in_composite(resource: Resource) -> bool:
    """Whether a composite takes it as a subrequest."""
    return resource.in_composite


@dataclass(frozen=True, slots=True)
class Subrequests:
    """Runs subrequests one after the other over the resources that they may reach.

    version: of the call around them. allowed: which resources it takes; what: how it is named when it refuses one.
    """

    resources: Resources
    version: int
    allowed: Callable[[Resource], bool] = in_composite
    what: str = "a composite"

    def each(self, context: Context, subrequests: Sequence[Subrequest]) -> list[dict[str, Any]]:
        """The results; one that fails concerns those alone that refer to it."""
        return _results(subrequests, self._run_all(context, subrequests, stop_at_failure=False))

    def all_or_none(self, context: Context, subrequests: Sequence[Subrequest]) -> tuple[list[dict[str, Any]], bool]:
        """The results, and whether all is done; if not, nothing is, and the innocent ones are PROCESSING_HALTED."""
        answers: list[Answer] = []
        try:
            with context.org.transaction():
                answers = self._run_all(context, subrequests, stop_at_failure=True)
                if any(answer.failed for answer in answers):
                    raise _RolledBackError
        except _RolledBackError:
            halted = Answer(400, error_array(ApiError(400, "PROCESSING_HALTED", HALTED_TEXT)))
            answers = [answer if answer.failed else halted for answer in answers]
            answers += [halted] * (len(subrequests) - len(answers))
            return _results(subrequests, answers), False
        return _results(subrequests, answers), True

    def counted(self, subrequests: Sequence[Subrequest]) -> int:
        """How many are queries or collections, of which a composite holds at most five."""
        counted = 0
        for subrequest in subrequests:
            try:
                resource, _ = self.resources.find(composite_url(subrequest.url, self.version).segments, self.version)
            except ApiError:
                continue
            counted += resource.counted
        return counted

    def _run_all(self, context: Context, subrequests: Sequence[Subrequest], *, stop_at_failure: bool) -> list[Answer]:
        answers: list[Answer] = []
        known: dict[str, Json] = {}
        for subrequest in subrequests:
            answer = self._run(context, subrequest, known, all_or_none=stop_at_failure)
            answers.append(answer)
            if answer.status < 400:
                known[subrequest.reference_id] = answer.body
            if stop_at_failure and answer.failed:
                break
        return answers

    def _run(self, context: Context, subrequest: Subrequest, known: dict[str, Json], *, all_or_none: bool) -> Answer:
        try:
            url = composite_url(substitute_url(subrequest.url, known), self.version)
            body = substitute(subrequest.body, known)
            resource, _ = self.resources.find(url.segments, self.version)
            if not self.allowed(resource):
                raise Unsupported(f"/{'/'.join(url.segments)} inside {self.what}")
        except ApiError as error:
            return Answer(error.status, error_array(error))
        params = url.params
        if all_or_none and resource.pattern[:2] == ("composite", "sobjects"):
            # The outer flag overrides the inner one; there it stands in the body, or in the query of a DELETE.
            if isinstance(body, dict) and "records" in body:
                body = {**cast(dict[str, Json], body), "allOrNone": True}
            if subrequest.method == "DELETE":
                params = {**params, "allOrNone": "true"}
        headers = {name.lower(): value for name, value in subrequest.headers.items()}
        if body is not None:
            headers["content-type"] = "application/json"
        return self.resources.run(
            context,
            Call(
                method=subrequest.method,
                segments=url.segments,
                params=params,
                headers=headers,
                body=b"" if body is None else json.dumps(body).encode(),
                version=self.version,
            ),
        )


@dataclass(frozen=True, slots=True)
class Composite:
    """The composite resource over the resources that a subrequest may reach."""

    resources: Resources

    def handle(self, context: Context, call: Call) -> Answer:
        request = read_composite(call.json_object())
        runner = Subrequests(self.resources, call.version)
        over = _over_limit(runner, request.subrequests)
        if over is not None:
            # A capture shows the refusal wrapped as one nameless subrequest under an outer 200.
            refusal = ApiError(400, "LIMIT_EXCEEDED", over)
            return Answer(200, {"compositeResponse": [_result(None, Answer(400, error_array(refusal)))]})
        if request.all_or_none:
            results, _ = runner.all_or_none(context, request.subrequests)
        else:
            results = runner.each(context, request.subrequests)
        return Answer(200, {"compositeResponse": results})


def _over_limit(runner: Subrequests, subrequests: Sequence[Subrequest]) -> str | None:
    if len(subrequests) > MAX_SUBREQUESTS:
        return f"The request can’t contain more than {MAX_SUBREQUESTS} operations."
    if runner.counted(subrequests) > MAX_COUNTED:
        # The limit is documented; its text is background knowledge, in the words of the one above.
        return f"The request can’t contain more than {MAX_COUNTED} query or collections operations."
    return None


def _results(subrequests: Sequence[Subrequest], answers: Sequence[Answer]) -> list[dict[str, Any]]:
    return [_result(subrequest.reference_id, answer) for subrequest, answer in zip(subrequests, answers, strict=True)]


def _result(reference_id: str | None, answer: Answer) -> dict[str, Any]:
    return {
        "body": answer.body,
        "httpHeaders": dict(answer.headers),
        "httpStatusCode": answer.status,
        "referenceId": reference_id,
    }


def _list(_context: Context, call: Call) -> Answer:
    """The composite resources beside this one."""
    since = {"sobjects": 42, "graph": 50}
    names = [name for name in ("batch", "graph", "sobjects", "tree") if call.version >= since.get(name, 0)]
    return Answer(200, {name: f"{root(call.version)}/composite/{name}" for name in names})


def composite_resource(resources: Resources) -> Resource:
    """The resource itself, which no composite holds in turn."""
    methods = {"GET": Method(_list), "POST": Method(Composite(resources).handle)}
    return Resource(("composite",), methods, in_composite=False, in_batch=False, since=38)
