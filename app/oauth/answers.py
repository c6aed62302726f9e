"""The answers that several endpoints give: back to the client, an OAuth error in JSON, a page for a person."""

from __future__ import annotations

from mcp.server.auth.provider import construct_redirect_uri
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.oauth.deps import OAuthDeps
from app.signin.refusals import REFUSALS, RefusalKind
from app.store.authorizations import AuthorizationRequest
from app.web.client_name import shown_name
from app.web.pages import LEAVING
from app.web.refusal_page import show_refusal

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def client_url(deps: OAuthDeps, request: AuthorizationRequest, **params: str) -> str:
    """The client's redirect URI with an authorization response: params, its own state, and `iss` (RFC 9207)."""
    return construct_redirect_uri(request.redirect_uri, **params, state=request.state, iss=deps.issuer)


def back_to_client(deps: OAuthDeps, request: AuthorizationRequest, **params: str) -> Response:
    """Sends the browser back to the client."""
    return RedirectResponse(client_url(deps, request, **params), 302, LEAVING)


def oauth_error(error: str, description: str, *, status: int = 400, **headers: str) -> JSONResponse:
    """RFC 6749 section 5.2."""
    body = {"error": error, "error_description": description}
    return JSONResponse(body, status, {**NO_STORE, **headers})


async def refusal_page(
    deps: OAuthDeps, kind: RefusalKind, *details: str, request: AuthorizationRequest | None = None
) -> Response:
    """The page for a refusal. With the client's request it offers the way back, which tells the client of the error.

    It is a page and no redirect, because clients show an error's code at best, and this one says what to do.
    """
    refusal = REFUSALS[kind]
    client_name, return_url = "", None
    if request is not None:
        client = await deps.clients.find(request.client_id)
        client_name = shown_name(client.details.get("client_name") if client else None)
        return_url = client_url(deps, request, error=refusal.oauth_error, error_description=refusal.title)
    return show_refusal(
        deps.pages,
        deps.settings,
        refusal,
        place="sign_in",
        details=details,
        steps=refusal.steps,
        return_url=return_url,
        return_to=client_name,
    )
