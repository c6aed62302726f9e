"""Salesforce's OAuth endpoints, by authlib: web server flow with PKCE S256, refresh, revoke.

Source: Salesforce Help, OAuth 2.0 Web Server Flow.

A confidential client: secret and verifier are both sent. authlib's session is requests', so each call runs in a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self, TypeVar, cast
from urllib.parse import urlsplit

import requests
from anyio import CapacityLimiter, to_thread
from authlib.integrations.base_client import OAuthError  # pyright: ignore[reportMissingTypeStubs]
from authlib.integrations.requests_client import OAuth2Session  # pyright: ignore[reportMissingTypeStubs]
from pydantic import SecretStr
from urllib3.exceptions import MaxRetryError, NewConnectionError

from app.org.ids import record_id
from app.org.tokens import SalesforceToken
from app.settings import Settings
from app.signin.hosts import SalesforceHosts, UntrustedHost

SCOPES = "api refresh_token openid"
CONNECT_SECONDS = 3.05

T = TypeVar("T")


class _Response(Protocol):
    status_code: int


class _Session(Protocol):
    """What of authlib's session is used here; authlib has no types of its own."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *args: object) -> None: ...
    def create_authorization_url(self, url: str, **kwargs: str) -> tuple[str, str]: ...
    def fetch_token(self, url: str, *, allow_redirects: bool, **kwargs: str) -> Mapping[str, Any]: ...
    def refresh_token(self, url: str, refresh_token: str, *, allow_redirects: bool) -> Mapping[str, Any]: ...
    def revoke_token(self, url: str, token: str, *, allow_redirects: bool) -> _Response: ...


class SalesforceRefused(Exception):
    """Salesforce said no, for good: `code` and `description` are its own `error` and `error_description`."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(code)
        self.code = code
        self.description = description


class SalesforceUnreachable(Exception):
    """No usable answer. `may_have_acted`: the request may have arrived, so a refresh may have rotated the token."""

    def __init__(self, *, may_have_acted: bool) -> None:
        super().__init__("Salesforce did not answer")
        self.may_have_acted = may_have_acted


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesforceTokens:
    """A fresh login. instance_url and login_origin: checked origins. org_id, user_id: 18 characters, from `id`.
    refresh_token: None when the External Client App does not allow refresh tokens."""

    access_token: SecretStr
    refresh_token: SecretStr | None
    instance_url: str
    login_origin: str
    org_id: str
    user_id: str

    @property
    def token(self) -> SalesforceToken:
        """The access token, as the gateway takes it."""
        return SalesforceToken(
            access_token=self.access_token, instance_url=self.instance_url, org_id=self.org_id, user_id=self.user_id
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshedTokens:
    """refresh_token: the one to use from now on; a new one where rotation is on, else the one that was sent."""

    access_token: SecretStr
    refresh_token: SecretStr
    instance_url: str


class SalesforceLogin:
    """The client that our External Client App is. One for the process; safe in many tasks."""

    def __init__(self, settings: Settings, hosts: SalesforceHosts) -> None:
        self._client_id = settings.salesforce_client_id
        self._client_secret = settings.salesforce_client_secret
        self._timeout = (CONNECT_SECONDS, settings.salesforce_timeout_seconds)
        self._hosts = hosts
        self._threads = CapacityLimiter(settings.salesforce_connections)

    def is_local_org(self, login_origin: str) -> bool:
        """True where a login form may be filled in by a program: at the one trusted origin, never at Salesforce."""
        return self._hosts.is_trusted_origin(login_origin)

    def authorization_url(
        self,
        login_origin: str,
        *,
        redirect_uri: str,
        state: str,
        verifier: SecretStr,
        asks_who: bool = False,
    ) -> str:
        """Where to send the browser. The state and the verifier are the caller's to keep and to compare.

        asks_who: Salesforce asks for a login although the browser has a session there, so that another user can come.
        """
        prompt = {"prompt": "login"} if asks_who else {}
        with self._session() as session:
            url, _ = session.create_authorization_url(
                f"{login_origin}/services/oauth2/authorize",
                state=state,
                code_verifier=verifier.get_secret_value(),
                redirect_uri=redirect_uri,
                scope=SCOPES,
                **prompt,
            )
        return url

    async def exchange(
        self, login_origin: str, *, code: SecretStr, redirect_uri: str, verifier: SecretStr
    ) -> SalesforceTokens:
        """The tokens for an authorization code. Raises SalesforceRefused, SalesforceUnreachable, UntrustedHost."""

        def call(session: _Session) -> Mapping[str, Any]:
            return session.fetch_token(
                f"{login_origin}/services/oauth2/token",
                grant_type="authorization_code",
                code=code.get_secret_value(),
                redirect_uri=redirect_uri,
                code_verifier=verifier.get_secret_value(),
                allow_redirects=False,
            )

        answer = await self._run(call)
        org_id, user_id = self._who(answer)
        refresh_token = answer.get("refresh_token")
        return SalesforceTokens(
            access_token=SecretStr(_text(answer, "access_token")),
            refresh_token=SecretStr(str(refresh_token)) if refresh_token else None,
            instance_url=self._hosts.instance_origin(_text(answer, "instance_url")),
            login_origin=login_origin,
            org_id=org_id,
            user_id=user_id,
        )

    async def refresh(self, instance_url: str, refresh_token: SecretStr) -> RefreshedTokens:
        """A new access token. Never sends a scope. Every SalesforceRefused is permanent.

        Raises SalesforceRefused, SalesforceUnreachable (look at may_have_acted before you try again).
        """

        def call(session: _Session) -> Mapping[str, Any]:
            return session.refresh_token(
                f"{instance_url}/services/oauth2/token",
                refresh_token=refresh_token.get_secret_value(),
                allow_redirects=False,
            )

        answer = await self._run(call)
        return RefreshedTokens(
            access_token=SecretStr(_text(answer, "access_token")),
            refresh_token=SecretStr(str(answer.get("refresh_token") or refresh_token.get_secret_value())),
            instance_url=self._moved_to(answer, instance_url),
        )

    async def revoke(self, instance_url: str, token: SecretStr) -> bool:
        """Revokes an access or refresh token; False when Salesforce would not or did not answer (it may be gone)."""

        def call(session: _Session) -> int:
            response = session.revoke_token(
                f"{instance_url}/services/oauth2/revoke", token=token.get_secret_value(), allow_redirects=False
            )
            return response.status_code

        try:
            return await self._run(call) == requests.codes.ok
        except (SalesforceRefused, SalesforceUnreachable):
            return False

    async def give_back(self, tokens: SalesforceTokens) -> None:
        """Revokes a login by its refresh token, which ends its grant: of those a user has few."""
        await self.revoke(tokens.instance_url, tokens.refresh_token or tokens.access_token)

    def _session(self) -> _Session:
        """A session for one call: authlib keeps the last token on it, so it is not shared between people."""
        return cast(
            _Session,
            OAuth2Session(
                self._client_id,
                self._client_secret.get_secret_value(),
                token_endpoint_auth_method="client_secret_post",  # noqa: S106 (the name of a method)
                revocation_endpoint_auth_method="client_secret_post",
                code_challenge_method="S256",
                default_timeout=self._timeout,
            ),
        )

    async def _run(self, call: Callable[[_Session], T]) -> T:
        return await to_thread.run_sync(self._call, call, limiter=self._threads)

    def _call(self, call: Callable[[_Session], T]) -> T:
        with self._session() as session:
            try:
                return call(session)
            except OAuthError as error:
                raise SalesforceRefused(str(error.error), str(error.description or "")) from None
            except requests.exceptions.RequestException as error:
                raise SalesforceUnreachable(may_have_acted=not _never_left(error)) from None
            except ValueError:
                raise SalesforceUnreachable(may_have_acted=True) from None

    def _moved_to(self, answer: Mapping[str, Any], instance_url: str) -> str:
        """The org's address after a refresh. The new tokens are good even if it is not Salesforce's: they stay here."""
        try:
            return self._hosts.instance_origin(str(answer.get("instance_url") or instance_url))
        except UntrustedHost:
            return instance_url

    def _who(self, answer: Mapping[str, Any]) -> tuple[str, str]:
        """Org and user of the `id` URL, `https://login.salesforce.com/id/{org}/{user}`."""
        identity = _text(answer, "id")
        self._hosts.instance_origin(identity)
        parts = urlsplit(identity).path.strip("/").split("/")
        if len(parts) != 3 or parts[0] != "id":
            raise UntrustedHost("Salesforce's answer does not say who signed in.")
        try:
            return record_id(parts[1]), record_id(parts[2])
        except ValueError:
            raise UntrustedHost("Salesforce's answer does not say who signed in.") from None


def _never_left(error: requests.exceptions.RequestException) -> bool:
    """True when no connection came about, so that Salesforce cannot have seen the request."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def _text(answer: Mapping[str, Any], key: str) -> str:
    value = answer.get(key)
    if not isinstance(value, str) or not value:
        raise SalesforceUnreachable(may_have_acted=True)
    return value
