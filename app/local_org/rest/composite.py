"""`/composite`: up to 25 subrequests in one call, with references between them and, if asked, all or none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from app.local_org.errors import ApiError, Unsupported
from app.local_org.rest.bodies import error_array
from app.local_org.rest.call import ROOT, Answer, Call
from app.local_org.rest.composite_request import MAX_COUNTED, MAX_SUBREQUESTS, Subrequest, read_composite
from app.local_org.rest.context import Context
from app.local_org.rest.json_value import Json
from app.local_org.rest.references import substitute, substitute_url
from app.local_org.rest.resources import Method, Resource, Resources

HALTED_TEXT = "The transaction was rolled back since another operation in the same transaction failed."


class _RolledBackError(Exception):
    """Leaves the transaction so that it is taken back; the answers are already known."""


@dataclass(frozen=True, slots=True)
class Composite:
    """The composite resource over the resources that a subrequest may reach."""

    resources: Resources

    def handle(self, context: Context, call: Call) -> Answer:
        request = read_composite(call.json_object())
        over = self._over_limit(request.subrequests)
        if over is not None:
            # A capture shows the refusal wrapped as one nameless subrequest under an outer 200.
            refusal = ApiError(400, "LIMIT_EXCEEDED", over)
            return Answer(200, {"compositeResponse": [_result(None, Answer(400, error_array(refusal)))]})
        if request.all_or_none:
            answers = self._all_or_none(context, request.subrequests)
        else:
            answers = self._run_all(context, request.subrequests, stop_at_failure=False)
        results = [
            _result(subrequest.reference_id, answer)
            for subrequest, answer in zip(request.subrequests, answers, strict=True)
        ]
        return Answer(200, {"compositeResponse": results})

    def _over_limit(self, subrequests: Sequence[Subrequest]) -> str | None:
        if len(subrequests) > MAX_SUBREQUESTS:
            return f"The request can’t contain more than {MAX_SUBREQUESTS} operations."
        counted = 0
        for subrequest in subrequests:
            try:
                resource, _ = self.resources.find(_segments(subrequest.url))
            except ApiError:
                continue
            counted += resource.counted
        if counted > MAX_COUNTED:
            # The limit is documented; its text is background knowledge, in the words of the one above.
            return f"The request can’t contain more than {MAX_COUNTED} query or collections operations."
        return None

    def _all_or_none(self, context: Context, subrequests: Sequence[Subrequest]) -> list[Answer]:
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
        return answers

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
            url = substitute_url(subrequest.url, known)
            body = substitute(subrequest.body, known)
            segments = _segments(url)
            resource, _ = self.resources.find(segments)
            if not resource.in_composite:
                raise Unsupported(f"/{'/'.join(segments)} inside a composite")
        except ApiError as error:
            return Answer(error.status, error_array(error))
        params = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        if all_or_none and resource.pattern[:2] == ("composite", "sobjects"):
            # The outer flag overrides the inner one; there it stands in the body, or in the query of a DELETE.
            if isinstance(body, dict) and "records" in body:
                body = {**cast(dict[str, Json], body), "allOrNone": True}
            if subrequest.method == "DELETE":
                params["allOrNone"] = "true"
        headers = {name.lower(): value for name, value in subrequest.headers.items()}
        if body is not None:
            headers["content-type"] = "application/json"
        return self.resources.run(
            context,
            Call(
                method=subrequest.method,
                segments=segments,
                params=params,
                headers=headers,
                body=b"" if body is None else json.dumps(body).encode(),
            ),
        )


def _segments(url: str) -> tuple[str, ...]:
    """The path's parts below the version. Raises ApiError NOT_FOUND for another version or another service."""
    path = urlsplit(url).path
    if not path.startswith(f"{ROOT}/"):
        raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")
    return tuple(unquote(part) for part in path.removeprefix(f"{ROOT}/").rstrip("/").split("/"))


def _result(reference_id: str | None, answer: Answer) -> dict[str, Any]:
    return {
        "body": answer.body,
        "httpHeaders": dict(answer.headers),
        "httpStatusCode": answer.status,
        "referenceId": reference_id,
    }


def _list(_context: Context, _call: Call) -> Answer:
    """Of the composite resources, the one beside this."""
    return Answer(200, {"sobjects": f"{ROOT}/composite/sobjects"})


def composite_resource(resources: Resources) -> Resource:
    """The resource itself, which no composite holds in turn."""
    methods = {"GET": Method(_list), "POST": Method(Composite(resources).handle)}
    return Resource(("composite",), methods, in_composite=False)
