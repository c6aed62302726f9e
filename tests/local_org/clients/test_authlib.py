"""authlib's OAuth client against the local org: discovery, PKCE, the code, the refresh, the revocation."""

from typing import Any
from urllib.parse import urlencode

import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.support.local_org import CALLBACK, CONSUMER_KEY, CONSUMER_SECRET, RunningLocalOrg, decide, log_in

REP = "rep@demo.example"


def test_authlib_signs_in_refreshes_introspects_and_revokes(running_local_org: RunningLocalOrg) -> None:
    found: dict[str, Any] = requests.get(f"{running_local_org.url}/.well-known/openid-configuration", timeout=10).json()
    client: Any = OAuth2Session(
        CONSUMER_KEY,
        CONSUMER_SECRET,
        redirect_uri=CALLBACK,
        scope="openid api refresh_token",
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_post",
    )
    with client:
        verifier = "v" * 64
        url, state = client.create_authorization_url(
            found["authorization_endpoint"], code_verifier=verifier, nonce="once"
        )
        browser = running_local_org.browser()
        page = decide(browser, log_in(browser, browser.open(url.removeprefix(running_local_org.url)), REP))
        browser.close()
        assert page.answer["state"] == state
        back = f"{CALLBACK}?{urlencode(page.answer)}"
        token = client.fetch_token(found["token_endpoint"], authorization_response=back, code_verifier=verifier)
        keys = KeySet.import_key_set(requests.get(found["jwks_uri"], timeout=10).json())
        claims = jwt.decode(token["id_token"], keys, algorithms=["RS256"]).claims
        assert (claims["aud"], claims["nonce"], claims["sub"]) == (CONSUMER_KEY, "once", token["id"])
        assert client.get(found["userinfo_endpoint"]).json()["preferred_username"] == REP
        refreshed = client.refresh_token(found["token_endpoint"], refresh_token=token["refresh_token"])
        assert refreshed["refresh_token"] != token["refresh_token"]
        live = client.introspect_token(found["introspection_endpoint"], token=refreshed["access_token"])
        assert live.json()["active"] is True
        assert client.revoke_token(found["revocation_endpoint"], token=refreshed["refresh_token"]).status_code == 200
        assert client.get(found["userinfo_endpoint"]).text == "Bad_OAuth_Token"
