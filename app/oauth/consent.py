"""GET and POST /authorize/consent: who asks, for what, and how to sign in. Nothing is issued before consent."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from app.oauth.answers import back_to_client, refusal_page
from app.oauth.client_documents.urls import shown_document_host
from app.oauth.deps import CONSENT_PATH, OAuthDeps
from app.oauth.redirects import form_target, is_loopback, shown_host
from app.signin.hosts import UntrustedHost
from app.signin.refusals import RefusalKind, SignInRefused
from app.store.authorizations import MOST_CODES, PendingAuthorization, Upstream
from app.store.secrets import new_token
from app.web.browser_cookie import BrowserCookie, form_token, is_form_token
from app.web.client_name import shown_name
from app.web.login_choice import LoginChoice, to_salesforce

CODE_NOT_TAKEN: Final = (
    "This code was not taken. It may be mistyped, used already or more than 10 minutes old, or it came too soon after "
    "a wrong one. Wait half a minute and try once more, or ask your admin for a new code."
)
"""The same words for every code, whatever is wrong with it."""


class ConsentEndpoint:
    """The page between the client and Salesforce. Always shown: a consent is never remembered, since a client on
    loopback can be imitated by any other."""

    def __init__(self, deps: OAuthDeps, cookie: BrowserCookie) -> None:
        self._deps = deps
        self._cookie = cookie
        self._logins = LoginChoice(deps.settings, deps.services.hosts)

    async def show(self, request: Request) -> Response:
        """The page, to the browser that began the request and to no other."""
        authorization_id, browser = request.query_params.get("request", ""), self._cookie.read(request)
        if browser is None or not await self._deps.authorizations.bind(authorization_id, browser):
            return await refusal_page(self._deps, RefusalKind.EXPIRED)
        return await self._page(authorization_id, browser)

    async def decide(self, request: Request) -> Response:
        """The person's answer: to Salesforce, or back to the client."""
        form = await request.form()
        authorization_id, choice = str(form.get("request", "")), str(form.get("choice", ""))
        browser = self._cookie.read(request)
        if browser is None or not is_form_token(str(form.get("csrf", "")), browser, _form(authorization_id)):
            return await refusal_page(self._deps, RefusalKind.EXPIRED)
        if choice == "deny":
            denied = await self._deps.authorizations.drop(authorization_id, browser)
            if denied is None:
                return await refusal_page(self._deps, RefusalKind.EXPIRED)
            return back_to_client(
                self._deps, denied, error="access_denied", error_description="The person did not allow the access."
            )
        if choice == "code":
            return await self._use_code(authorization_id, browser, str(form.get("code", "")))
        domain = str(form.get("domain", ""))[:200]
        try:
            login_origin = self._logins.origin(choice, domain)
        except UntrustedHost as problem:
            return await self._page(authorization_id, browser, domain_problem=str(problem), domain=domain)
        upstream = Upstream(state=new_token(), login_origin=login_origin, code_verifier=new_token())
        if not await self._deps.authorizations.consent(authorization_id, browser, upstream):
            return await refusal_page(self._deps, RefusalKind.EXPIRED)
        return to_salesforce(self._deps.services.login, upstream, redirect_uri=self._deps.callback_url)

    async def _use_code(self, authorization_id: str, browser: str, typed: str) -> Response:
        """To the client with an authorization code at once; for any code that is not taken the same page again, which
        never shows what was typed, until too many were tried."""
        authorizations = self._deps.authorizations
        tried = await authorizations.count_code(authorization_id, browser)
        if tried is None:
            return await refusal_page(self._deps, RefusalKind.EXPIRED)
        try:
            person = await self._deps.services.one_time_codes.redeem(typed)
        except SignInRefused as refused:
            request = await authorizations.drop(authorization_id, browser)
            return await refusal_page(self._deps, refused.refusal.kind, *refused.details, request=request)
        if person is None and tried < MOST_CODES:
            return await self._page(authorization_id, browser, code_problem=CODE_NOT_TAKEN)
        request = await authorizations.drop(authorization_id, browser)
        if request is None:
            return await refusal_page(self._deps, RefusalKind.EXPIRED)
        if person is None:
            return await refusal_page(self._deps, RefusalKind.TOO_MANY_CODES, request=request)
        code = await self._deps.codes.issue(request, person)
        return back_to_client(self._deps, request, code=code.get_secret_value())

    async def _page(
        self, authorization_id: str, browser: str, *, domain_problem: str = "", domain: str = "", code_problem: str = ""
    ) -> Response:
        pending = await self._deps.authorizations.find(authorization_id)
        if pending is None:
            return await refusal_page(self._deps, RefusalKind.EXPIRED)
        response = await self._render(pending, browser, domain_problem, domain, code_problem)
        self._cookie.write(response, browser)
        return response

    async def _render(
        self, pending: PendingAuthorization, browser: str, domain_problem: str, domain: str, code_problem: str
    ) -> Response:
        redirect_uri = pending.request.redirect_uri
        client = await self._deps.clients.find(pending.request.client_id)
        return self._deps.pages.show(
            "authorize.html",
            status=400 if domain_problem or code_problem else 200,
            form_targets=[*self._logins.form_targets, form_target(redirect_uri)],
            client_name=shown_name(client.details.get("client_name") if client is not None else None),
            client_host=shown_document_host(pending.request.client_id),
            redirect_host=shown_host(redirect_uri),
            redirects_to_this_computer=is_loopback(redirect_uri),
            action=CONSENT_PATH,
            request_id=pending.authorization_id,
            csrf=form_token(browser, _form(pending.authorization_id)),
            offers_other_orgs=not self._logins.is_one_org,
            domain_problem=domain_problem,
            domain=domain,
            offers_codes=self._deps.services.one_time_codes.are_offered,
            code_problem=code_problem,
        )


def _form(authorization_id: str) -> str:
    return f"consent|{authorization_id}"
