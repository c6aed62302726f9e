"""The HTTP shell of the REST API: sizes, session, API count, JSON and the headers that every answer carries."""

from __future__ import annotations

import logging
import secrets
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.local_org.errors import ApiError, Unsupported
from app.local_org.faults.armed import ArmedFaults
from app.local_org.org import LocalOrg
from app.local_org.rest.bodies import dump, error_array
from app.local_org.rest.call import Answer, Call
from app.local_org.rest.context import Context
from app.local_org.rest.describe_stamps import DescribeStamps
from app.local_org.rest.request_checks import bearer_token, check_accept, check_size, session_invalid
from app.local_org.rest.resources import Resources
from app.local_org.rest.usage import ApiUsage
from app.local_org.rest.versions import version_list, version_of

UserOfToken = Callable[[str], str | None]
"""The user behind an access token that may call the API; None: the session is invalid."""

_log = logging.getLogger(__name__)

MAX_BODY = 50_000_000
CACHE_CONTROL = "no-cache,must-revalidate,max-age=0,no-store,private"


@dataclass(frozen=True, slots=True)
class RestEndpoint:
    """ASGI application for everything below `/services/data`."""

    org: LocalOrg
    resources: Resources
    user_of_token: UserOfToken
    usage: ApiUsage
    stamps: DescribeStamps
    faults: ArmedFaults | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        headers = dict(request.headers.items())
        pretty = headers.get("x-prettyprint", "0") in ("1", "true")
        raw_path: bytes = scope["raw_path"]
        query: bytes = scope["query_string"]
        origin = f"{request.url.scheme}://{request.url.netloc}"
        try:
            check_size(raw_path + (b"?" + query if query else b""), scope["headers"])
            body = _inflate(await _read(request), headers)
            answer, limit_info = await anyio.to_thread.run_sync(
                self._answer, request.method, raw_path.decode("ascii"), query.decode("ascii"), headers, body, origin
            )
        except ApiError as error:
            answer, limit_info = Answer(error.status, error_array(error)), None
        except Exception:
            answer, limit_info = _defect(), None
        response = http_response(request.method, answer, limit_info, pretty=pretty)
        await response(scope, receive, send)

    def _answer(
        self, method: str, raw_path: str, query: str, headers: Mapping[str, str], body: bytes, origin: str
    ) -> tuple[Answer, str | None]:
        """The answer and the value of `Sforce-Limit-Info`, which only answers about data carry. Runs in a thread."""
        segments = tuple(unquote(part) for part in raw_path.removeprefix("/services/data").strip("/").split("/"))
        limit_info: str | None = None
        try:
            if segments == ("",):
                return _versions(method, headers), None
            version = version_of(segments[0])
            check_accept(headers)
            user_id = self.user_of_token(bearer_token(headers))
            if user_id is None:
                raise session_invalid()
            self.usage.count()
            limit_info = self.usage.header()
            call = Call(method, segments[1:], _params(query), headers, body, version=version)
            session = self.org.acting(user_id)
            if "ApiEnabled" not in session.actor.rights.system:
                raise ApiError(403, "API_DISABLED_FOR_ORG", "The REST API is not enabled for this Organization.")
            context = Context(self.org, session, user_id, self.usage, self.stamps, origin, self.faults)
            return self.resources.run(context, call), limit_info
        except ApiError as error:
            return Answer(error.status, error_array(error)), limit_info


def _versions(method: str, headers: Mapping[str, str]) -> Answer:
    """The only resource without a session."""
    check_accept(headers)
    if method not in ("GET", "HEAD"):
        raise ApiError(405, "METHOD_NOT_ALLOWED", f"HTTP Method '{method}' not allowed. Allowed are HEAD,GET")
    return Answer(200, version_list())


def _params(query: str) -> dict[str, str]:
    pairs = parse_qsl(query, keep_blank_values=True)
    params = dict(pairs)
    if len(params) != len(pairs):
        raise Unsupported("a repeated query parameter")
    return params


def _defect() -> Answer:
    """A defect of the local org: logged with its trace, and answered as Salesforce answers one of its own."""
    error_id = f"{secrets.randbelow(10**9)}-{secrets.randbelow(10**6)}"
    _log.exception("the local org failed; ErrorId %s", error_id)
    message = f"An unexpected error occurred. Please include this ErrorId if you contact support: {error_id}"
    return Answer(500, error_array(ApiError(500, "UNKNOWN_EXCEPTION", message)))


async def _read(request: Request) -> bytes:
    """The body. Raises ApiError 413 over 50 MB (REST API Developer Guide)."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY:
            raise ApiError(413, "REQUEST_ENTITY_TOO_LARGE", "The request body is larger than 50 MB.")
        parts.append(part)
    return b"".join(parts)


def _inflate(body: bytes, headers: Mapping[str, str]) -> bytes:
    """The body without its `Content-Encoding`; gzip and deflate are taken, at most 50 MB of text."""
    encoding = headers.get("content-encoding", "identity").lower()
    if encoding == "identity" or not body:
        return body
    if encoding not in ("gzip", "deflate"):
        raise Unsupported(f"the content encoding {encoding}")
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)
    try:
        text = inflater.decompress(body, MAX_BODY)
    except zlib.error as error:
        raise ApiError(400, "MALFORMED_REQUEST", f"The body is not {encoding}") from error
    if inflater.unconsumed_tail:
        raise ApiError(413, "REQUEST_ENTITY_TOO_LARGE", "The request body is larger than 50 MB.")
    return text


def http_response(method: str, answer: Answer, limit_info: str | None, *, pretty: bool) -> Response:
    """The answer on the wire. limit_info: the value of `Sforce-Limit-Info`, None for none."""
    headers = {
        **answer.headers,
        "Cache-Control": CACHE_CONTROL,
        "Server": "sfdcedge",
        "X-Request-Id": secrets.token_hex(16),
        "X-SFDC-Request-Id": secrets.token_hex(16),
    }
    if limit_info is not None:
        headers["Sforce-Limit-Info"] = limit_info
    if answer.status == 401:
        headers["WWW-Authenticate"] = "Token"
    empty = answer.body is None
    content = b"" if empty else dump(answer.body, pretty=pretty)
    response = Response(content, answer.status, headers, None if empty else "application/json;charset=UTF-8")
    response.set_cookie("BrowserId", secrets.token_urlsafe(16), httponly=True)
    if method == "HEAD":
        response.body = b""
    return response
