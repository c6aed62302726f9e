"""Where a person signs in with Salesforce: production, a sandbox, a My Domain; or at the one org that settings name.
And how the browser gets there.
"""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from app.settings import Settings
from app.signin.hosts import SalesforceHosts, UntrustedHost
from app.signin.salesforce import SalesforceLogin
from app.store.authorizations import Upstream
from app.web.pages import LEAVING


class LoginChoice:
    """The choice that pages offer. is_one_org: there is none to make. form_targets: CSP sources for form-action."""

    def __init__(self, settings: Settings, hosts: SalesforceHosts) -> None:
        self._settings = settings
        self._hosts = hosts
        self.is_one_org = settings.salesforce_login_url == settings.salesforce_trusted_origin
        # A browser follows a form's redirects only where form-action allows: to the login page, and to whatever single
        # sign-on an org has behind it.
        self.form_targets = ("https:", settings.salesforce_login_url, settings.salesforce_sandbox_url)

    def origin(self, choice: str, domain: str) -> str:
        """The login page's origin for a pressed button. Raises UntrustedHost, with words for the person."""
        match choice:
            case "production":
                return self._settings.salesforce_login_url
            case "sandbox" if not self.is_one_org:
                return self._settings.salesforce_sandbox_url
            case "domain" if not self.is_one_org:
                return self._hosts.login_origin(domain)
            case _:
                raise UntrustedHost("Choose where to sign in.")


def to_salesforce(login: SalesforceLogin, upstream: Upstream, *, redirect_uri: str, asks_who: bool = False) -> Response:
    """Sends the browser to a login that was noted. asks_who: the login form, also where the browser has a session at
    Salesforce."""
    url = login.authorization_url(
        upstream.login_origin,
        redirect_uri=redirect_uri,
        state=upstream.state.get_secret_value(),
        verifier=upstream.code_verifier,
        asks_who=asks_who,
    )
    return RedirectResponse(url, 303, LEAVING)
