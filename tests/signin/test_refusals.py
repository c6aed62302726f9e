"""What Salesforce's OAuth errors mean for a person."""

import pytest

from app.signin.refusals import REFUSALS, RefusalKind, refusal_of


@pytest.mark.parametrize(
    ("code", "description", "kind"),
    [
        ("access_denied", "end-user denied authorization", RefusalKind.USER_DENIED),
        (
            "OAUTH_EC_APP_NOT_FOUND",
            "External client app is not installed in this org",
            RefusalKind.APP_NOT_INSTALLED,
        ),
        ("OAUTH_APPROVAL_ERROR_GENERIC", "An unexpected error has occurred", RefusalKind.APP_NOT_INSTALLED),
        (
            "OAUTH_APP_ACCESS_DENIED",
            "user is not admin approved to access this app",
            RefusalKind.NOT_PREAUTHORISED,
        ),
        ("OAUTH_APP_BLOCKED", "this app is blocked by admin", RefusalKind.NOT_PREAUTHORISED),
        ("invalid_app_access", "user is not admin approved", RefusalKind.NOT_PREAUTHORISED),
        ("invalid_grant", "user hasn't approved this consumer", RefusalKind.NOT_PREAUTHORISED),
        ("invalid_grant", "expired authorization code", RefusalKind.EXPIRED),
        ("invalid_grant", "inactive user", RefusalKind.INACTIVE_USER),
        ("server_error", "", RefusalKind.UNAVAILABLE),
        ("temporarily_unavailable", "", RefusalKind.UNAVAILABLE),
        ("invalid_client_id", "client identifier invalid", RefusalKind.MISCONFIGURED),
        ("invalid_scope", "the requested scope is not allowed", RefusalKind.MISCONFIGURED),
        ("something_new", "", RefusalKind.MISCONFIGURED),
    ],
)
def test_each_error_has_its_case(code: str, description: str, kind: RefusalKind) -> None:
    assert refusal_of(code, description) is kind


def test_every_case_says_what_to_do() -> None:
    assert set(REFUSALS) == set(RefusalKind)
    for refusal in REFUSALS.values():
        assert refusal.steps
        assert refusal.title
        assert 400 <= refusal.status < 600


def test_titles_are_distinct() -> None:
    titles = [refusal.title for refusal in REFUSALS.values()]
    assert len(set(titles)) == len(titles)
