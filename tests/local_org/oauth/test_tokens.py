"""Grants and tokens: rotation, reuse, revocation, time-outs, the cap of five."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from app.local_org.oauth.codes import CodeGrant, Codes
from app.local_org.oauth.external_client_app import ExternalClientApp
from app.local_org.oauth.refusals import BUSY, EXPIRED_TOKEN, TokenRefused
from app.local_org.oauth.storage import Storage
from app.local_org.oauth.tokens import IssuedTokens, Tokens
from tests.support.movable_clock import MovableClock

ORG = "00Dxx0000001gPFEAY"
USER = "005xx000001SvogAAC"
SCOPE = "refresh_token openid api"
APP = ExternalClientApp("3MVG9key", "secret", ("https://mcp.example/cb",))


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def tokens(clock: MovableClock) -> Tokens:
    return Tokens(Storage(), clock, ORG, session_timeout=timedelta(hours=2))


def refresh_token_of(tokens: Tokens, app: ExternalClientApp = APP) -> str:
    issued = tokens.grant(app, USER, SCOPE)
    assert issued.refresh_token is not None
    return issued.refresh_token


def test_an_access_token_is_the_org_id_a_bang_and_a_secret(tokens: Tokens) -> None:
    issued = tokens.grant(APP, USER, SCOPE)
    assert issued.access_token.startswith("00Dxx0000001gPF!")
    bearer = tokens.bearer(issued.access_token)
    assert bearer is not None
    assert bearer.user_id == USER
    assert bearer.scopes == {"api", "openid", "refresh_token"}


def test_without_the_refresh_scope_there_is_no_refresh_token(tokens: Tokens) -> None:
    assert tokens.grant(APP, USER, "api").refresh_token is None


def test_a_refresh_rotates_and_the_old_access_token_lives_on(tokens: Tokens) -> None:
    first = tokens.grant(APP, USER, SCOPE)
    assert first.refresh_token is not None
    second = tokens.refresh(APP, first.refresh_token)
    assert second.refresh_token not in (None, first.refresh_token)
    assert tokens.bearer(first.access_token) is not None
    assert tokens.bearer(second.access_token) is not None


def test_reuse_of_a_rotated_token_ends_the_whole_family(tokens: Tokens) -> None:
    first = refresh_token_of(tokens)
    second = tokens.refresh(APP, first)
    assert second.refresh_token is not None
    with pytest.raises(TokenRefused) as refused:
        tokens.refresh(APP, first)
    assert refused.value.refusal is EXPIRED_TOKEN
    assert tokens.bearer(second.access_token) is None
    with pytest.raises(TokenRefused):
        tokens.refresh(APP, second.refresh_token)


def test_without_rotation_the_refresh_token_stays_and_none_is_answered(tokens: Tokens) -> None:
    app = ExternalClientApp("3MVG9key", "secret", (), refresh_token_rotation=False)
    first = refresh_token_of(tokens, app)
    assert tokens.refresh(app, first).refresh_token is None
    assert tokens.refresh(app, first).refresh_token is None


def test_a_refresh_token_ends_after_its_idle_time(tokens: Tokens, clock: MovableClock) -> None:
    first = refresh_token_of(tokens)
    clock.advance(timedelta(days=30))
    second = tokens.refresh(APP, first)
    assert second.refresh_token is not None
    clock.advance(timedelta(days=30, seconds=1))
    with pytest.raises(TokenRefused):
        tokens.refresh(APP, second.refresh_token)


def test_of_many_refreshes_at_once_exactly_one_succeeds(tokens: Tokens) -> None:
    first = refresh_token_of(tokens)

    def attempt(_: int) -> str:
        try:
            tokens.refresh(APP, first)
        except TokenRefused as refused:
            return "refused" if refused.refusal in (BUSY, EXPIRED_TOKEN) else refused.refusal.description
        return "issued"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(16)))
    assert outcomes.count("issued") == 1
    assert outcomes.count("refused") == 15


def test_the_sixth_grant_ends_the_oldest(tokens: Tokens, clock: MovableClock) -> None:
    issued: list[IssuedTokens] = []
    for _ in range(6):
        issued.append(tokens.grant(APP, USER, SCOPE))
        clock.advance(timedelta(seconds=1))
    assert tokens.bearer(issued[0].access_token) is None
    assert all(tokens.bearer(one.access_token) is not None for one in issued[1:])


def test_a_session_ends_when_it_is_idle_for_its_time_and_use_prolongs_it(tokens: Tokens, clock: MovableClock) -> None:
    token = tokens.grant(APP, USER, SCOPE).access_token
    clock.advance(timedelta(minutes=90))
    assert tokens.bearer(token) is not None
    clock.advance(timedelta(minutes=90))
    assert tokens.bearer(token) is not None
    clock.advance(timedelta(hours=2))
    assert tokens.bearer(token) is None


def test_revoking_an_access_token_leaves_the_grant_and_revoking_the_refresh_token_ends_all(tokens: Tokens) -> None:
    issued = tokens.grant(APP, USER, SCOPE)
    assert issued.refresh_token is not None
    assert tokens.revoke(issued.access_token)
    assert tokens.bearer(issued.access_token) is None
    again = tokens.refresh(APP, issued.refresh_token)
    assert again.refresh_token is not None
    assert tokens.revoke(again.refresh_token)
    assert tokens.bearer(again.access_token) is None
    assert not tokens.revoke(again.refresh_token)


def test_grants_outlive_the_process_in_a_file_and_no_secret_stands_in_it(tmp_path: Path, clock: MovableClock) -> None:
    path = tmp_path / "sign_in.db"
    storage = Storage(path)
    issued = Tokens(storage, clock, ORG).grant(APP, USER, SCOPE)
    storage.close()
    assert issued.refresh_token is not None
    assert issued.refresh_token.encode() not in path.read_bytes()
    assert issued.access_token.encode() not in path.read_bytes()
    reopened = Storage(path)
    assert Tokens(reopened, clock, ORG).refresh(APP, issued.refresh_token).user_id == USER
    reopened.close()


def test_a_code_ends_in_an_equals_sign_and_works_once_within_15_minutes(clock: MovableClock) -> None:
    codes = Codes(Storage(), clock)
    grant = CodeGrant(APP.consumer_key, USER, SCOPE, "https://mcp.example/cb", "x" * 43, None)
    code = codes.issue(grant)
    assert code.endswith("=")
    assert codes.take(code) == grant
    assert codes.take(code) is None
    late = codes.issue(grant)
    clock.advance(timedelta(minutes=15, seconds=1))
    assert codes.take(late) is None
