"""The table of REST resources and the dispatch over it: path, method, parameters, headers, then the handler."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from app.local_org.errors import ApiError, Unsupported
from app.local_org.rest.addresses import at_version
from app.local_org.rest.bodies import error_array
from app.local_org.rest.call import NEWEST, Answer, Call
from app.local_org.rest.context import Context
from app.local_org.rest.elsewhere import refuse_what_an_org_has

Handler = Callable[[Context, Call], Answer]

CONDITIONAL_HEADERS = frozenset({"if-modified-since", "if-unmodified-since", "if-match", "if-none-match"})

_CLIENT_ONLY = re.compile(r"\s*client\s*=[^,;]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Method:
    """One method of a resource: its handler, the query parameters and the special headers that it honours."""

    handler: Handler
    params: frozenset[str] = frozenset()
    headers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Resource:
    """A path pattern (`("sobjects", "{object}")`) and its methods. counted: a composite may hold at most five such.

    in_composite, in_batch: who takes it as a subrequest. since: the first API version that has it.
    """

    pattern: tuple[str, ...]
    methods: Mapping[str, Method]
    in_composite: bool = True
    counted: bool = False
    in_batch: bool = True
    since: int = 0

    def match(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        """The bound parts of the path, or None when it is another resource's."""
        if len(segments) != len(self.pattern):
            return None
        bound: dict[str, str] = {}
        for part, segment in zip(self.pattern, segments, strict=True):
            if part.startswith("{"):
                bound[part.strip("{}")] = segment
            elif part != segment:
                return None
        return bound


@dataclass(frozen=True, slots=True)
class Resources:
    """All resources; the first that matches wins, so literal patterns stand before bound ones."""

    table: tuple[Resource, ...] = field(default_factory=tuple[Resource, ...])

    def find(self, segments: tuple[str, ...], version: int = NEWEST) -> tuple[Resource, dict[str, str]]:
        """The resource and its bound path parts.

        Raises ApiError 404 NOT_FOUND, or Unsupported for what a real org has at that path.
        """
        for resource in self.table:
            bound = resource.match(segments)
            if bound is not None and version >= resource.since:
                return resource, bound
        refuse_what_an_org_has(segments)
        raise ApiError(404, "NOT_FOUND", "The requested resource does not exist")

    def run(self, context: Context, call: Call) -> Answer:
        """Answers a call; refusals become answers too. What is not ApiError is a defect and goes up."""
        try:
            resource, bound = self.find(call.segments, call.version)
            return at_version(_run(context, resource, replace(call, path_args=bound)), call.version)
        except ApiError as error:
            return Answer(error.status, error_array(error))


def _run(context: Context, resource: Resource, call: Call) -> Answer:
    name = "GET" if call.method == "HEAD" else call.method
    method = resource.methods.get(name)
    if method is None:
        raise ApiError(405, "METHOD_NOT_ALLOWED", not_allowed_text(call.method, resource.methods))
    for param in call.params:
        if param not in method.params:
            raise Unsupported(f"the query parameter '{param}' of {call.method} /{'/'.join(resource.pattern)}")
    for header in call.headers:
        special = header.startswith("sforce-") or header in CONDITIONAL_HEADERS
        if _changes_nothing(header, call.headers[header]):
            continue
        if special and header not in method.headers:
            raise Unsupported(f"the header '{header}' of {call.method} /{'/'.join(resource.pattern)}")
    return method.handler(context.during(call.path), call)


def _changes_nothing(header: str, value: str) -> bool:
    """Whether a real org's answer would be the same without it: a client's name, or what only Bulk API reads.

    A default namespace beside the name would change answers, and is refused.
    """
    return header == "sforce-line-ending" or (header == "sforce-call-options" and bool(_CLIENT_ONLY.fullmatch(value)))


def not_allowed_text(method: str, allowed: Mapping[str, Method]) -> str:
    """`HTTP Method 'DELETE' not allowed. Allowed are HEAD,GET,PATCH`."""
    names = [*(["HEAD"] if "GET" in allowed else []), *allowed]
    return f"HTTP Method '{method}' not allowed. Allowed are {','.join(names)}"
