"""Who is this? `/services/oauth2/userinfo`, the identity URL `/id/{org}/{user}`, and OpenID's discovery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from app.local_org.oauth.directory import OrgUser
from app.local_org.oauth.services import OAuthServices, identity_url, in_thread, origin, unsupported
from app.local_org.oauth.tokens import Bearer
from app.local_org.rest.call import VERSION

IDENTITY_SCOPES = frozenset({"id", "api", "full", "openid", "profile"})
"""Any of these lets a token ask who its user is."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The endpoints over the services. Refusals are plain words with 403 or 404, not JSON, as Salesforce's."""

    services: OAuthServices

    async def userinfo(self, request: Request) -> Response:
        bearer = await in_thread(self._bearer, request)
        if isinstance(bearer, Response):
            return bearer
        user = await in_thread(self.services.directory.by_id, bearer.user_id)
        if user is None or not user.is_active:
            return _plain(403, "Bad_OAuth_Token")
        return JSONResponse(userinfo_body(user, self.services.directory.org_id, origin(request)))

    async def identity(self, request: Request) -> Response:
        refused = _unsupported_form(request)
        if refused is not None:
            return refused
        bearer = await in_thread(self._bearer, request)
        if isinstance(bearer, Response):
            return bearer
        org_id = self.services.directory.org_id
        if request.path_params["org"][:15] != org_id[:15]:
            return _plain(403, "Wrong_Org")
        user = await in_thread(self.services.directory.by_id, request.path_params["user"])
        if user is None:
            return _plain(404, "Bad_Id")
        if not user.is_active:
            return _plain(404, "Inactive")
        body = identity_body(user, org_id, origin(request), version=request.query_params.get("version"))
        return JSONResponse({**body, "asserted_user": user.user_id == bearer.user_id})

    def _bearer(self, request: Request) -> Bearer | Response:
        given = request.query_params.get("oauth_token")
        header = request.headers.get("authorization", "") if given is None else f"Bearer {given}"
        scheme, _, token = header.partition(" ")
        if scheme.lower() not in ("bearer", "oauth") or not token:
            return _plain(403, "Missing_OAuth_Token")
        bearer = self.services.tokens.bearer(token.strip())
        if bearer is None or not bearer.scopes & IDENTITY_SCOPES:
            return _plain(403, "Bad_OAuth_Token")
        return bearer

    async def configuration(self, request: Request) -> Response:
        base = origin(request)
        return JSONResponse(
            {
                "issuer": base,
                "authorization_endpoint": f"{base}/services/oauth2/authorize",
                "token_endpoint": f"{base}/services/oauth2/token",
                "revocation_endpoint": f"{base}/services/oauth2/revoke",
                "introspection_endpoint": f"{base}/services/oauth2/introspect",
                "userinfo_endpoint": f"{base}/services/oauth2/userinfo",
                "jwks_uri": f"{base}/id/keys",
                "scopes_supported": list(self.services.app.now.scopes),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
                "code_challenge_methods_supported": ["S256"],
                "display_values_supported": ["page", "popup", "touch", "mobile"],
            }
        )

    async def keys(self, _request: Request) -> Response:
        return JSONResponse(self.services.id_tokens.key_set())

    def routes(self) -> list[Route]:
        return [
            Route("/services/oauth2/userinfo", self.userinfo, methods=["GET", "POST"]),
            Route("/id/keys", self.keys, methods=["GET"]),
            Route("/id/{org}/{user}", self.identity, methods=["GET"]),
            Route("/.well-known/openid-configuration", self.configuration, methods=["GET"]),
        ]


def _plain(status: int, word: str) -> Response:
    return PlainTextResponse(word, status)


def _unsupported_form(request: Request) -> Response | None:
    for name in request.query_params:
        if name not in ("format", "version", "oauth_token"):
            return unsupported(f"the parameter '{name}' of the identity URL")
    form = request.query_params.get("format", "json")
    accept = request.headers.get("accept", "*/*")
    if form != "json" or ("json" not in accept and "*/*" not in accept):
        return unsupported(f"the identity as {form if form != 'json' else accept}")
    return None


def _photo(user: OrgUser, base: str) -> dict[str, str]:
    picture = user.photo_url or f"{base}/profilephoto/005/F"
    return {"picture": picture, "thumbnail": picture}


def _urls(org_id: str, user_id: str, base: str, version: str) -> dict[str, str]:
    data = f"{base}/services/data/v{version}"
    return {
        "enterprise": f"{base}/services/Soap/c/{version}/{org_id[:15]}",
        "metadata": f"{base}/services/Soap/m/{version}/{org_id[:15]}",
        "partner": f"{base}/services/Soap/u/{version}/{org_id[:15]}",
        "rest": f"{data}/",
        "sobjects": f"{data}/sobjects/",
        "search": f"{data}/search/",
        "query": f"{data}/query/",
        "recent": f"{data}/recent/",
        "tooling_soap": f"{base}/services/Soap/T/{version}/{org_id[:15]}",
        "tooling_rest": f"{data}/tooling/",
        "profile": f"{base}/{user_id}",
        "feeds": f"{data}/chatter/feeds",
        "groups": f"{data}/chatter/groups",
        "users": f"{data}/chatter/users",
        "feed_items": f"{data}/chatter/feed-items",
        "feed_elements": f"{data}/chatter/feed-elements",
        "custom_domain": base,
    }


def _offset_ms(user: OrgUser) -> int:
    """The zone's offset without daylight saving, in milliseconds."""
    offset = datetime(2026, 1, 1, tzinfo=ZoneInfo(user.zone)).utcoffset()
    summer = datetime(2026, 7, 1, tzinfo=ZoneInfo(user.zone)).utcoffset()
    if offset is None or summer is None:
        raise ValueError(f"the zone {user.zone} has no offset")
    return int(min(offset, summer).total_seconds() * 1000)


def userinfo_body(user: OrgUser, org_id: str, base: str) -> dict[str, Any]:
    """The keys of a recorded answer."""
    return {
        "sub": identity_url(base, org_id, user.user_id),
        "user_id": user.user_id,
        "organization_id": org_id,
        "preferred_username": user.username,
        "nickname": user.username.partition("@")[0],
        "name": user.name,
        "email": user.email,
        "email_verified": True,
        "given_name": user.first_name,
        "family_name": user.last_name,
        "zoneinfo": user.zone,
        "photos": _photo(user, base),
        "profile": f"{base}/{user.user_id}",
        "picture": _photo(user, base)["picture"],
        "address": {},
        "is_salesforce_integration_user": False,
        "urls": _urls(org_id, user.user_id, base, "{version}"),
        "active": user.is_active,
        "user_type": user.user_type.upper(),
        "language": user.language,
        "locale": user.locale,
        "utcOffset": _offset_ms(user),
        "updated_at": user.modified.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "is_app_installed": True,
    }


def identity_body(user: OrgUser, org_id: str, base: str, *, version: str | None) -> dict[str, Any]:
    """version: `latest` or a number puts it into the URLs, None leaves `{version}` there."""
    shown = "{version}" if version is None else VERSION if version == "latest" else version
    return {
        "id": identity_url(base, org_id, user.user_id),
        "user_id": user.user_id,
        "organization_id": org_id,
        "username": user.username,
        "nick_name": user.username.partition("@")[0],
        "display_name": user.name,
        "email": user.email,
        "email_verified": True,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "timezone": user.zone,
        "photos": _photo(user, base),
        "addr_street": None,
        "addr_city": None,
        "addr_state": None,
        "addr_country": None,
        "addr_zip": None,
        "mobile_phone": None,
        "mobile_phone_verified": False,
        "is_lightning_login_user": False,
        "status": {"created_date": None, "body": None},
        "urls": _urls(org_id, user.user_id, base, shown),
        "active": user.is_active,
        "user_type": user.user_type.upper(),
        "language": user.language,
        "locale": user.locale,
        "utcOffset": _offset_ms(user),
        "last_modified_date": user.modified.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "is_app_installed": True,
    }
