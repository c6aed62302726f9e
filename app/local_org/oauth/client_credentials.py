"""The client of a token, introspection or revocation request: its id and secret, in the form or as Basic."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import unquote_plus

from app.local_org.oauth import refusals
from app.local_org.oauth.external_client_app import ExternalClientApp
from app.local_org.oauth.refusals import TokenRefused, missing_parameter
from app.local_org.oauth.services import same


def required(values: Mapping[str, str], name: str) -> str:
    """The field. Raises TokenRefused when it is absent or empty."""
    value = values.get(name)
    if not value:
        raise TokenRefused(missing_parameter(name))
    return value


def check_client(values: Mapping[str, str], app: ExternalClientApp) -> None:
    """Raises TokenRefused for another client or a wrong secret.

    PKCE does not stand in for the secret: a confidential client sends both.
    """
    if required(values, "client_id") != app.consumer_key:
        raise TokenRefused(refusals.INVALID_CLIENT_ID)
    if not same(required(values, "client_secret"), app.consumer_secret):
        raise TokenRefused(refusals.INVALID_CLIENT)


def basic_credentials(header: str | None) -> dict[str, str]:
    """Client id and secret from `Authorization: Basic`; nothing without the header. Raises TokenRefused."""
    if header is None:
        return {}
    scheme, _, encoded = header.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise TokenRefused(refusals.INVALID_CLIENT)
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise TokenRefused(refusals.INVALID_CLIENT) from error
    return {"client_id": unquote_plus(client_id), "client_secret": unquote_plus(secret)}
