"""The code that Salesforce sent a browser back with becomes tokens, or a refusal that a person can read."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr

from app.org.errors import OrgError, OrgErrorCode
from app.signin.hosts import UntrustedHost
from app.signin.refusals import RefusalKind, SignInRefused, refusal_of
from app.signin.salesforce import SalesforceLogin, SalesforceRefused, SalesforceTokens, SalesforceUnreachable


async def tokens_of(
    login: SalesforceLogin, login_origin: str, params: Mapping[str, str], *, redirect_uri: str, verifier: SecretStr
) -> SalesforceTokens:
    """The tokens for the query parameters of a callback, whose state was compared before. Raises SignInRefused."""
    error = params.get("error")
    if error is not None:
        raise SignInRefused(refusal_of(error, params.get("error_description", "")))
    try:
        return await login.exchange(
            login_origin, code=SecretStr(params.get("code", "")), redirect_uri=redirect_uri, verifier=verifier
        )
    except SalesforceRefused as refusal:
        raise SignInRefused(refusal_of(refusal.code, refusal.description)) from refusal
    except SalesforceUnreachable as failure:
        raise SignInRefused(RefusalKind.UNAVAILABLE) from failure
    except UntrustedHost as problem:
        raise SignInRefused(RefusalKind.MISCONFIGURED, str(problem)) from problem


def refused_at_once(error: OrgError) -> SignInRefused:
    """The refusal where Salesforce was asked with a login of just now, and this is what came."""
    if error.code is OrgErrorCode.RECONNECT_REQUIRED:
        return SignInRefused(RefusalKind.INACTIVE_USER, "Salesforce took the fresh session no more.")
    return SignInRefused(RefusalKind.UNAVAILABLE, error.message)
