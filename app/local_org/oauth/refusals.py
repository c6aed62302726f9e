"""Every OAuth refusal, with Salesforce's code and text, in one place.

`[BG]` in a comment: the text is background knowledge, unconfirmed by a capture or a page of Salesforce's.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import JSONResponse, Response

NO_STORE = {"Cache-Control": "no-cache, no-store", "Pragma": "no-cache"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """`error` and `error_description`, on a redirect, a page or in a token answer."""

    error: str
    description: str


class TokenRefused(Exception):
    """Becomes the token endpoint's 400 `{"error", "error_description"}`."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.error}: {refusal.description}")
        self.refusal = refusal

    def answer(self) -> Response:
        """The refusal on the wire."""
        body = {"error": self.refusal.error, "error_description": self.refusal.description}
        return JSONResponse(body, 400, headers=NO_STORE)


# Shown on a page, never redirected: the callback is not to be trusted.
INVALID_CLIENT_ID = Refusal("invalid_client_id", "client identifier invalid")
REDIRECT_URI_MISMATCH = Refusal("redirect_uri_mismatch", "redirect_uri must match configuration")

# Redirected to the callback.
ACCESS_DENIED = Refusal("access_denied", "end-user denied authorization")  # forceworkbench #807
APP_NOT_FOUND = Refusal("OAUTH_EC_APP_NOT_FOUND", "External client app is not installed in this org")
APP_ACCESS_DENIED = Refusal("OAUTH_APP_ACCESS_DENIED", "user is not admin approved to access this app")
APP_BLOCKED = Refusal("OAUTH_APP_BLOCKED", "this app is blocked by admin")
MISSING_CODE_CHALLENGE = Refusal("invalid_request", "missing required code challenge")
INVALID_CODE_CHALLENGE = Refusal("invalid_request", "invalid code challenge")  # [BG]
INVALID_CODE_CHALLENGE_METHOD = Refusal("invalid_request", "invalid code challenge method")  # [BG]
INVALID_SCOPE = Refusal("invalid_scope", "the requested scope is not allowed")  # forcedotcom/mcp-hosted #47
UNSUPPORTED_RESPONSE_TYPE = Refusal("unsupported_response_type", "response type not supported")  # description [BG]
INVALID_DISPLAY = Refusal("invalid_request", "invalid display value")  # [BG]
LOGIN_REQUIRED = Refusal("login_required", "login required")  # OpenID Connect Core 3.1.2.6; description [BG]
CONSENT_REQUIRED = Refusal("consent_required", "consent required")  # the same

# The token endpoint's.
EXPIRED_CODE = Refusal("invalid_grant", "expired authorization code")  # omniphx/forrest #169
INVALID_CODE_VERIFIER = Refusal("invalid_grant", "invalid code verifier")
EXPIRED_TOKEN = Refusal("invalid_grant", "expired access/refresh token")
INACTIVE_USER = Refusal("invalid_grant", "inactive user")  # description [BG]
NOT_APPROVED = Refusal("invalid_app_access", "user is not admin approved to access this app")
INVALID_CLIENT = Refusal("invalid_client", "invalid client credentials")
UNSUPPORTED_GRANT_TYPE = Refusal("unsupported_grant_type", "grant type not supported")
BUSY = Refusal("invalid_grant", "Token request is already being processed")  # code [BG]

# The revocation endpoint's.
INVALID_TOKEN = Refusal("invalid_token", "invalid token")  # description [BG]
UNSUPPORTED_TOKEN_TYPE = Refusal("unsupported_token_type", "this token type is not supported")  # omniphx/forrest #213


def missing_parameter(name: str) -> Refusal:
    """`missing required parameter: code`."""
    return Refusal("invalid_request", f"missing required parameter: {name}")
