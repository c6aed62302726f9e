"""userinfo and the identity URL."""

import pytest
import requests

from tests.support.local_org import RunningLocalOrg

REP = "rep@demo.example"
USERINFO_KEYS = {
    *("sub", "user_id", "organization_id", "preferred_username", "nickname", "name", "email", "email_verified"),
    *("given_name", "family_name", "zoneinfo", "photos", "profile", "picture", "address"),
    *("is_salesforce_integration_user", "urls", "active", "user_type", "language", "locale", "utcOffset"),
    *("updated_at", "is_app_installed"),
}


def get(url: str, token: str | None, **headers: str) -> requests.Response:
    bearer = {} if token is None else {"Authorization": f"Bearer {token}"}
    return requests.get(url, headers={**bearer, **headers}, timeout=10)


def test_userinfo_has_the_recorded_keys(running_local_org: RunningLocalOrg) -> None:
    tokens = running_local_org.sign_in(REP)
    answer = get(f"{running_local_org.url}/services/oauth2/userinfo", tokens["access_token"])
    body = answer.json()
    assert set(body) == USERINFO_KEYS
    assert body["sub"] == tokens["id"]
    assert body["organization_id"] == "00Dxx0000000001EAA"
    assert body["preferred_username"] == REP
    assert body["zoneinfo"] == "America/Los_Angeles"
    assert body["utcOffset"] == -28_800_000
    assert body["user_type"] == "STANDARD"
    assert body["active"] is True
    assert body["urls"]["rest"] == f"{running_local_org.url}/services/data/v{{version}}/"


def test_the_identity_url_answers_who_the_token_is_of(running_local_org: RunningLocalOrg) -> None:
    tokens = running_local_org.sign_in(REP)
    body = get(f"{tokens['id']}?version=latest", tokens["access_token"]).json()
    assert body["id"] == tokens["id"]
    assert body["username"] == REP
    assert body["asserted_user"] is True
    assert body["urls"]["rest"] == f"{running_local_org.url}/services/data/v66.0/"


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/id/00Dxx0000000009EAA/{user}", 403, "Wrong_Org"),
        ("/id/00Dxx0000000001EAA/005000000000000AAA", 404, "Bad_Id"),
        ("/id/00Dxx0000000001EAA/{user}?format=xml", 501, "EMULATOR_UNSUPPORTED"),
        ("/id/00Dxx0000000001EAA/{user}?callback=x", 501, "EMULATOR_UNSUPPORTED"),
    ],
)
def test_the_identity_url_refuses_in_plain_words(
    running_local_org: RunningLocalOrg, path: str, status: int, word: str
) -> None:
    tokens = running_local_org.sign_in(REP)
    url = running_local_org.url + path.format(user=tokens["id"].rpartition("/")[2])
    answer = get(url, tokens["access_token"])
    assert answer.status_code == status
    assert answer.text.startswith(word)


@pytest.mark.parametrize("path", ["/services/oauth2/userinfo", "/id/00Dxx0000000001EAA/005000000000000AAA"])
@pytest.mark.parametrize(("token", "word"), [(None, "Missing_OAuth_Token"), ("00D!x", "Bad_OAuth_Token")])
def test_identity_services_answer_403_and_one_word_without_a_good_token(
    running_local_org: RunningLocalOrg, path: str, token: str | None, word: str
) -> None:
    answer = get(running_local_org.url + path, token)
    assert (answer.status_code, answer.text) == (403, word)
