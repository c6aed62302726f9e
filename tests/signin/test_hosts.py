"""Which hosts tokens and people may be sent to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.signin.hosts import INSTANCE_SUFFIXES, SalesforceHosts, UntrustedHost

TRUSTED = "http://127.0.0.1:8099"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        ("https://acme.my.salesforce.com/", "https://acme.my.salesforce.com"),
        ("https://acme.my.salesforce.com:443", "https://acme.my.salesforce.com"),
        ("https://acme--qa.sandbox.my.salesforce.com", "https://acme--qa.sandbox.my.salesforce.com"),
        ("https://na1.salesforce.com/id/00D/005", "https://na1.salesforce.com"),
        ("https://ACME.my.salesforce.com", "https://acme.my.salesforce.com"),
        ("http://127.0.0.1:8099", TRUSTED),
        ("http://127.0.0.1:8099/id/00D/005", TRUSTED),
    ],
)
def test_tokens_may_go_to_salesforce_and_to_the_one_trusted_origin(url: str, origin: str) -> None:
    assert SalesforceHosts(TRUSTED).instance_origin(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.my.salesforce.com",
        "https://evilsalesforce.com",
        "https://salesforce.com.evil.example",
        "https://acme.my.salesforce.com@evil.example",
        "https://acme.my.salesforce.com:8443",
        "https://user@acme.my.salesforce.com",
        "https://evil.example\\.salesforce.com",
        "https://evil.example/.salesforce.com",
        "https://evil.example#.salesforce.com",
        "https://.salesforce.com",
        "//acme.my.salesforce.com",
        "",
        "https://[::1",
        "https://acme.my.salesforce.com:port",
        "http://127.0.0.1:8098",
        "http://127.0.0.1:8099@evil.example",
        "http://x@127.0.0.1:8099",
    ],
)
def test_tokens_go_nowhere_else(url: str) -> None:
    with pytest.raises(UntrustedHost):
        SalesforceHosts(TRUSTED).instance_origin(url)


def test_without_a_trusted_origin_plain_http_is_refused() -> None:
    with pytest.raises(UntrustedHost):
        SalesforceHosts(None).instance_origin(TRUSTED)


@given(st.text(max_size=40))
def test_whatever_is_before_the_path_the_host_that_is_let_through_is_salesforces(text: str) -> None:
    try:
        origin = SalesforceHosts(None).instance_origin(f"https://{text}")
    except UntrustedHost:
        return
    assert origin.endswith(INSTANCE_SUFFIXES)


@pytest.mark.parametrize(
    ("entered", "origin"),
    [
        ("acme", "https://acme.my.salesforce.com"),
        (" Acme.my.salesforce.com ", "https://acme.my.salesforce.com"),
        ("https://acme.my.salesforce.com/secur/login", "https://acme.my.salesforce.com"),
        ("acme--qa.sandbox.my.salesforce.com", "https://acme--qa.sandbox.my.salesforce.com"),
        ("https://acme.lightning.force.com/lightning/page/home", "https://acme.my.salesforce.com"),
        ("login.salesforce.com", "https://login.salesforce.com"),
        (TRUSTED, TRUSTED),
    ],
)
def test_a_person_may_name_a_my_domain_in_the_forms_people_use(entered: str, origin: str) -> None:
    assert SalesforceHosts(TRUSTED).login_origin(entered) == origin


@pytest.mark.parametrize(
    "entered", ["", "evil.example", "https://evil.example", "acme.force.com", "my.salesforce.com.evil.example", "a b"]
)
def test_no_other_login_page_is_accepted(entered: str) -> None:
    with pytest.raises(UntrustedHost):
        SalesforceHosts(TRUSTED).login_origin(entered)
