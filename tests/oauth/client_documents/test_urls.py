"""Which URLs can be a client's id."""

import pytest

from app.oauth.client_documents.refused import DocumentRefused
from app.oauth.client_documents.urls import document_url, is_url, shown_document_host

TRUSTED = "http://127.0.0.1:8077"


@pytest.mark.parametrize(
    "client_id",
    [
        "https://claude.ai/oauth/mcp-oauth-client-metadata",
        "https://claude.ai/oauth/claude-code-client-metadata",
        "https://chatgpt.com/oauth/kDmjx77UnKOM/client.json",
        "https://vscode.dev/oauth/client-metadata.json",
        "https://opencode.ai:443/oauth/opencode/client.json",
        "https://xn--bcher-kva.example/client",
        "https://client.example/a?version=2",
        "https://a.b.c.example/~me/client_1.json",
    ],
)
def test_an_https_url_with_a_path_can(client_id: str) -> None:
    url = document_url(client_id, None)
    assert (url.url, url.port, url.is_trusted) == (client_id, 443, False)
    assert client_id.endswith(url.target)


@pytest.mark.parametrize(
    "client_id",
    [
        "http://client.example/c",
        "HTTPS://client.example/c",
        "https://client.example",
        "https://client.example/",
        "https://client.example?x=1",
        "https://client.example/c#fragment",
        "https://client.example/c#",
        "https://user@client.example/c",
        "https://user:secret@client.example/c",
        "https://@client.example/c",
        "https://client.example/./c",
        "https://client.example/a/../c",
        "https://client.example/a/%2E%2e/c",
        "https://client.example/..",
        "https://client.example:8443/c",
        "https://client.example:80/c",
        "https://client.example:/c",
        "https://client.example:x/c",
        "https://Client.example/c",
        "https://client.example./c",
        "https://bücher.example/c",
        "https://client.example\\@evil.example/c",
        "https://client.example/a b",
        "https://client.example/a\nb",
        "https://client_id.example/c",
        "https:///c",
        "https://client/c",
        "https://localhost/c",
        "https://" + "a" * 64 + ".example/c",
        "https://client.example/" + "x" * 1000,
        "http://127.0.0.1:8077/c",
    ],
)
def test_no_other_url_can(client_id: str) -> None:
    assert is_url(client_id)
    with pytest.raises(DocumentRefused):
        document_url(client_id, None)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.1",
        "127.0.1",
        "0",
        "0.0.0.0",  # noqa: S104 (an address to refuse)
        "169.254.169.254",
        "8.8.8.8",
        "1.2.3.0x4",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[fd00:ec2::254]",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
    ],
)
def test_no_notation_of_an_ip_address_is_a_host(host: str) -> None:
    with pytest.raises(DocumentRefused):
        document_url(f"https://{host}/c", None)


def test_the_trusted_origin_may_be_http_on_any_port() -> None:
    url = document_url(f"{TRUSTED}/c?x=1", TRUSTED)
    assert (url.scheme, url.host, url.port, url.target, url.is_trusted) == ("http", "127.0.0.1", 8077, "/c?x=1", True)


@pytest.mark.parametrize(
    "client_id",
    [
        "http://127.0.0.1:8078/c",
        "https://127.0.0.1:8077/c",
        "http://127.0.0.1:8077@evil.example/c",
        "http://127.0.0.1:8077.evil.example/c",
        "http://localhost:8077/c",
        "http://127.0.0.1:8077/",
        "http://127.0.0.1:8077/../c",
    ],
)
def test_the_trusted_origin_is_exactly_one_and_the_other_rules_hold(client_id: str) -> None:
    with pytest.raises(DocumentRefused):
        document_url(client_id, TRUSTED)


@pytest.mark.parametrize("client_id", ["2f1c5c1e-0a3b-4a56-9d0e-0c3d5b0f1a2b", "", "claude", "ftp://x/y"])
def test_other_ids_mean_no_document(client_id: str) -> None:
    assert not is_url(client_id)
    assert shown_document_host(client_id) is None


def test_a_person_is_shown_the_documents_host() -> None:
    assert shown_document_host("https://claude.ai/oauth/mcp-oauth-client-metadata") == "claude.ai"
