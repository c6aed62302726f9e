"""The guard in front of /mcp: a bearer token becomes a Caller, or the request ends here (RFC 6750).

Pure ASGI. The Caller goes into `scope["state"]["caller"]`; the token goes no further and into no log.
"""

from __future__ import annotations

import re

import structlog
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app import metrics
from app.oauth.clients import SCOPE
from app.oauth.deps import MCP_PATH, OAuthDeps
from app.oauth.metadata import PROTECTED_RESOURCE_PATH
from app.org.caller import Caller
from app.org.errors import OrgError, OrgErrorCode
from app.signin.endings import AccessEnded

_CREDENTIALS = re.compile(r"\s*bearer\s+\S", re.IGNORECASE)
_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*)", re.IGNORECASE | re.ASCII)
RETRY_SECONDS = 5

log = structlog.get_logger(__name__)


class BearerMiddleware:
    """Lets a request pass only with a living token for this very resource, of a person who may still come in.

    The token is read from the Authorization header alone: one in the query string is not looked at.
    """

    def __init__(self, app: ASGIApp, deps: OAuthDeps) -> None:
        self._app = app
        self._access_tokens = deps.services.access_tokens
        self._callers = deps.services.callers
        self._resource = deps.resource
        where = f'resource_metadata="{deps.issuer}{PROTECTED_RESOURCE_PATH}{MCP_PATH}", scope="{SCOPE}"'
        self._challenge = f"Bearer {where}"
        self._invalid = f'Bearer error="invalid_token", error_description="{{}}", {where}'
        self._insufficient = f'Bearer error="insufficient_scope", {where}'

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = await self._check(Headers(scope=scope).getlist("authorization"))
        if isinstance(answer, Caller):
            scope.setdefault("state", {})["caller"] = answer
            await self._app(scope, receive, send)
        else:
            await answer(scope, receive, send)

    async def _check(self, headers: list[str]) -> Caller | Response:
        if len(headers) < 2 and not _CREDENTIALS.match("".join(headers)):
            metrics.note_token_check("missing")
            return _refused(401, "unauthorized", "Sign in first.", self._challenge)
        match = _BEARER.fullmatch(headers[0].strip())
        if len(headers) > 1 or match is None:
            metrics.note_token_check("malformed")
            return _refused(400, "invalid_request", "Send one Authorization header: Bearer and the token.")
        record = await self._access_tokens.find(match[1])
        if record is None or record.audience != self._resource:
            metrics.note_token_check("unknown" if record is None else "audience")
            return self._invalid_token("The access token is unknown or past its time.")
        if SCOPE not in record.scopes:
            metrics.note_token_check("scope")
            return _refused(403, "insufficient_scope", f"The scope {SCOPE} is needed.", self._insufficient)
        try:
            caller = await self._callers.resolve(record)
        except AccessEnded as ended:
            metrics.note_token_check("ended")
            self._access_tokens.forget_user(record.org_id, record.user_id)
            log.info("access_refused", org_id=record.org_id, user_id=record.user_id, because=ended.because)
            return self._invalid_token("The access has ended. Sign in again.")
        except OrgError as error:
            metrics.note_token_check("unresolved")
            log.warning("caller_unresolved", org_id=record.org_id, user_id=record.user_id, code=error.code.value)
            status = 429 if error.code is OrgErrorCode.SALESFORCE_LIMIT else 503
            return JSONResponse(
                {"error": "temporarily_unavailable", "error_description": error.message},
                status,
                {"Cache-Control": "no-store", "Retry-After": str(RETRY_SECONDS)},
            )
        metrics.note_token_check("ok")
        return caller

    def _invalid_token(self, description: str) -> Response:
        return _refused(401, "invalid_token", description, self._invalid.format(description))


def _refused(status: int, error: str, description: str, challenge: str | None = None) -> Response:
    headers = {"Cache-Control": "no-store"}
    if challenge is not None:
        headers["WWW-Authenticate"] = challenge
    return JSONResponse({"error": error, "error_description": description}, status, headers)
