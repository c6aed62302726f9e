"""Reading something of Salesforce with a token of a grant, which is renewed once where Salesforce takes it no more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from app.org.errors import OrgError, OrgErrorCode
from app.org.failures import RENEWED_IN_VAIN
from app.org.tokens import SalesforceToken, TokenSource

T = TypeVar("T")


async def read_renewing(source: TokenSource, read: Callable[[SalesforceToken], Awaitable[T]]) -> T:
    """What `read` returns. Raises what it raises; reconnect_required only when the grant is gone."""
    token = await source.current()
    try:
        return await read(token)
    except OrgError as error:
        if error.code is not OrgErrorCode.RECONNECT_REQUIRED:
            raise
    token = await source.renewed(token)
    try:
        return await read(token)
    except OrgError as error:
        if error.code is not OrgErrorCode.RECONNECT_REQUIRED:
            raise
        # With a token that is a moment old: if that is refused too, the grant has not ended all the same.
        raise OrgError(OrgErrorCode.SALESFORCE_UNAVAILABLE, RENEWED_IN_VAIN) from None
