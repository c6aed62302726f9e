"""What a metadata document must say, and what of it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from pydantic_core import from_json

from app.oauth.client_documents.refused import DocumentRefused, Reason
from app.oauth.clients import GRANT_TYPES, SCOPE, application_type
from app.oauth.redirects import MOST_REDIRECT_URIS, may_be_registered
from app.web.client_name import shown_name

PUBLIC: Final = "none"
_OTHER_METHODS = ("private_key_jwt", "client_secret_post", "client_secret_basic", "client_secret_jwt")
_SECRETS = ("client_secret", "client_secret_expires_at")


def client_details(body: bytes, client_id: str) -> Mapping[str, Any]:
    """The details to store of the client whose document this is. Raises DocumentRefused.

    Kept is what we use. Its logo and its pages are not: nothing of a client's is ever loaded.
    """
    document = _object(body)
    if document.get("client_id") != client_id:
        raise _refused("must name its own URL as client_id")
    if any(name in document for name in _SECRETS):
        raise _refused("must not hold a secret: everybody can read it")
    _check_method(document)
    name = document.get("client_name")
    if not isinstance(name, str) or not name.strip():
        raise _refused("must have a client_name")
    grants = _list(document, "grant_types", list(GRANT_TYPES))
    if "authorization_code" not in grants:
        raise _refused("must have authorization_code among its grant_types")
    if "code" not in _list(document, "response_types", ["code"]):
        raise _refused("must have code among its response_types")
    uris = _redirect_uris(document)
    return {
        "client_id": client_id,
        "client_name": shown_name(name),
        "redirect_uris": uris,
        "token_endpoint_auth_method": PUBLIC,
        "grant_types": [grant for grant in GRANT_TYPES if grant in grants],
        "response_types": ["code"],
        "scope": SCOPE,
        "application_type": application_type(document.get("application_type"), uris),
    }


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        document: object = from_json(body)
    except ValueError:
        raise _refused("is no JSON") from None
    if not isinstance(document, dict):
        raise _refused("must be a JSON object")
    return cast(Mapping[str, Any], document)


def _check_method(document: Mapping[str, Any]) -> None:
    """A client may prefer another method, as long as it can do without one too (OpenID Connect Relying Party Metadata
    Choices 1.0). It learns from our own metadata that it must."""
    method = document.get("token_endpoint_auth_method", PUBLIC)
    if method != PUBLIC and PUBLIC not in _list(document, "token_endpoint_auth_methods_supported", []):
        named = f" {method}" if method in _OTHER_METHODS else ""
        raise _refused(
            f"asks for another token_endpoint_auth_method{named} than none, which is all that clients have here"
        )


def _redirect_uris(document: Mapping[str, Any]) -> list[str]:
    """Those that may be used: a document is for every server, and another may take what we do not."""
    uris = _list(document, "redirect_uris", [])
    usable = [uri for uri in uris[:MOST_REDIRECT_URIS] if isinstance(uri, str) and may_be_registered(uri)]
    if not usable:
        raise _refused("must have redirect_uris that are https, or http on localhost, without fragment or user")
    return usable


def _list(document: Mapping[str, Any], name: str, otherwise: list[Any]) -> list[Any]:
    value = document.get(name, otherwise)
    if not isinstance(value, list):
        raise _refused(f"must have a list as {name}")
    return cast(list[Any], value)


def _refused(what: str) -> DocumentRefused:
    return DocumentRefused(Reason.CONTENT, f"The client's metadata document {what}.")
