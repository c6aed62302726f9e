"""What the SDK's endpoints ask of us: clients, codes and tokens, over the store. Implements the SDK's provider.

Whether a code or a token is past its time is decided by the store, by our clock; the SDK's own comparison with the
machine's clock is given values that cannot fail.
"""

from __future__ import annotations

import math
import re

import structlog
from mcp.server.auth.provider import (
    AccessToken,
    AuthorizationCode,
    AuthorizationParams,
    AuthorizeError,
    OAuthAuthorizationServerProvider,
    RefreshToken,
    TokenError,
)
from mcp.shared.auth import OAuthClientInformationFull, OAuthToken
from pydantic import AnyUrl, SecretStr

from app.oauth.clients import GRANT_TYPES, SCOPE, RegisteredClient
from app.oauth.deps import CONSENT_PATH, OAuthDeps
from app.org.errors import OrgError
from app.signin.endings import AccessEnded
from app.store.authorizations import AuthorizationRequest
from app.store.codes import Code, CodeReused
from app.store.tokens import FamilyEnded, IssuedTokens, RefreshReused
from app.web.client_name import shown_name

LONGEST_STATE = 4096
_S256_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)

log = structlog.get_logger(__name__)


class Provider(OAuthAuthorizationServerProvider[AuthorizationCode, RefreshToken, AccessToken]):
    """Our authorization server behind the SDK's handlers."""

    def __init__(self, deps: OAuthDeps) -> None:
        self._deps = deps

    async def get_client(self, client_id: str) -> RegisteredClient | None:
        """The client of that id, as the store has it: app.oauth.authorize has read its document, if it has one."""
        client = await self._deps.clients.find(client_id)
        return RegisteredClient.of(client) if client is not None else None

    async def register_client(self, client_info: OAuthClientInformationFull) -> None:
        """Stores a client whose metadata app.oauth.register has checked. Values that it may not have are replaced, as
        RFC 7591 section 3.2.1 allows."""
        client_info.client_name = shown_name(client_info.client_name)
        client_info.scope = SCOPE
        client_info.grant_types = [grant for grant in GRANT_TYPES if grant in client_info.grant_types]
        client_info.response_types = ["code"]
        secret = client_info.client_secret
        await self._deps.clients.save(
            client_info.client_id,
            client_info.model_dump(mode="json", exclude_none=True, exclude={"client_secret"}),
            secret=SecretStr(secret) if secret else None,
        )
        log.info("mcp_client_registered", client_id=client_info.client_id, client_name=client_info.client_name)

    async def authorize(self, client: OAuthClientInformationFull, params: AuthorizationParams) -> str:
        """Stores the request and leads to the consent page."""
        if params.resource is not None and not self._deps.is_our_resource(params.resource):
            raise AuthorizeError("invalid_target", f"This server issues tokens for {self._deps.resource} only.")
        if not _S256_CHALLENGE.fullmatch(params.code_challenge):
            raise AuthorizeError("invalid_request", "code_challenge must be the base64url of a SHA-256 digest.")
        if params.state is not None and len(params.state) > LONGEST_STATE:
            raise AuthorizeError("invalid_request", f"state may have up to {LONGEST_STATE} characters.")
        pending = await self._deps.authorizations.add(
            AuthorizationRequest(
                client_id=client.client_id,
                redirect_uri=str(params.redirect_uri),
                redirect_uri_explicit=params.redirect_uri_provided_explicitly,
                state=params.state,
                code_challenge=params.code_challenge,
                resource=self._deps.resource,
                scopes=(SCOPE,),
            )
        )
        return f"{self._deps.issuer}{CONSENT_PATH}?request={pending.authorization_id}"

    async def load_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: str
    ) -> AuthorizationCode | None:
        """The code's record, if it is this client's. A used one ends everything that came of it."""
        record = await self._deps.codes.find(authorization_code)
        if record is None or record.client_id != client.client_id:
            return None
        if record.used_at is not None:
            await self._take(authorization_code)
            return None
        return AuthorizationCode(
            code=authorization_code,
            scopes=list(record.scopes),
            expires_at=math.inf,
            client_id=record.client_id,
            code_challenge=record.code_challenge,
            redirect_uri=AnyUrl(record.redirect_uri),
            redirect_uri_provided_explicitly=record.redirect_uri_explicit,
            resource=record.resource,
            subject=record.user_id,
        )

    async def exchange_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: AuthorizationCode
    ) -> OAuthToken:
        """The first tokens of a sign-in, once. Raises TokenError."""
        record = await self._take(authorization_code.code)
        if record is None:
            raise _invalid_grant("The authorization code is unknown, used or past its time.")
        try:
            issued = await self._deps.services.tokens.issue(
                record.family_id, scopes=record.scopes, audience=record.resource
            )
        except FamilyEnded:
            raise _invalid_grant("The sign-in was ended.") from None
        await self._deps.clients.touch(client.client_id)
        return _answer(client, issued)

    async def load_refresh_token(self, client: OAuthClientInformationFull, refresh_token: str) -> RefreshToken | None:
        """The token's record, a rotated one too: the exchange decides on it. None if it is not this client's."""
        record = await self._deps.services.tokens.find_refresh(refresh_token)
        if record is None or record.client_id != client.client_id:
            return None
        return RefreshToken(
            token=refresh_token,
            client_id=record.client_id,
            scopes=list(record.scopes),
            resource=record.audience,
            subject=record.user_id,
        )

    async def exchange_refresh_token(
        self,
        client: OAuthClientInformationFull,
        refresh_token: RefreshToken,
        scopes: list[str],  # noqa: ARG002 (there is one scope)
    ) -> OAuthToken:
        """A new pair, the scope of the person derived anew first. Raises TokenError."""
        deps = self._deps
        try:
            issued = await deps.services.tokens.rotate(refresh_token.token)
        except RefreshReused as reuse:
            log.warning("refresh_token_reused", family_id=reuse.family_id, client_id=client.client_id)
            deps.services.access_tokens.forget_family(reuse.family_id)
            raise _invalid_grant("The refresh token was used before. Sign in again.") from None
        except FamilyEnded:
            issued = None
        if issued is None:
            raise _invalid_grant("The refresh token is unknown, or its sign-in was ended.")
        try:
            await deps.services.callers.rederive(issued.record)
        except AccessEnded as ended:
            deps.services.access_tokens.forget_user(issued.record.org_id, issued.record.user_id)
            raise _invalid_grant(f"Access has ended ({ended.because}). Sign in again to see why.") from None
        except OrgError as error:
            # Salesforce cannot be asked just now. A refused refresh would cost the sign-in; the token that is given
            # instead opens nothing until the scope has been derived, for what was known of it is forgotten.
            log.warning("scope_not_rederived", org_id=issued.record.org_id, code=error.code.value)
        await deps.clients.touch(client.client_id)
        return _answer(client, issued)

    async def load_access_token(self, token: str) -> AccessToken | None:
        """What an access token stands for. /mcp itself asks app.oauth.bearer."""
        record = await self._deps.services.tokens.find_access(token)
        if record is None:
            return None
        return AccessToken(
            token=token,
            client_id=record.client_id,
            scopes=list(record.scopes),
            expires_at=math.ceil(record.expires_at.timestamp()),
            resource=record.audience,
            subject=record.user_id,
        )

    async def revoke_token(self, token: AccessToken | RefreshToken) -> None:
        """Ends the sign-in that the token belongs to; with the user's last one his grant at Salesforce too."""
        await self._deps.services.endings.revoke(token.token, token.client_id)

    async def _take(self, code: str) -> Code | None:
        """Uses a code. A second use ends what came of the first, and what is known of it here."""
        try:
            return await self._deps.codes.take(code)
        except CodeReused as reuse:
            log.warning("authorization_code_reused", family_id=reuse.family_id)
            self._deps.services.access_tokens.forget_family(reuse.family_id)
            return None


def _answer(client: OAuthClientInformationFull, issued: IssuedTokens) -> OAuthToken:
    may_refresh = "refresh_token" in client.grant_types
    return OAuthToken(
        access_token=issued.access_token.get_secret_value(),
        token_type="Bearer",  # noqa: S106 (a kind of token)
        expires_in=issued.expires_in,
        scope=" ".join(issued.record.scopes),
        refresh_token=issued.refresh_token.get_secret_value() if may_refresh else None,
    )


def _invalid_grant(description: str) -> TokenError:
    return TokenError("invalid_grant", description)
