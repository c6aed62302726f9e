"""No secret leaves by its name or by its shape."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretBytes, SecretStr

from app.redaction import REDACTED, redact, redact_text
from app.store.one_time_codes import new_code
from app.store.secrets import PREFIXES, new_token

SALESFORCE_ACCESS = "00D5g000004Q3zv!AQMAQLq_w.7XyZ0123456789"
SALESFORCE_REFRESH = "5Aep861TSESvWeug_x6XyZ0123456789.abc"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl"

SECRETS = (SALESFORCE_ACCESS, SALESFORCE_ACCESS.replace("!", "%21"), SALESFORCE_REFRESH, JWT)
PLACES = (
    "{}",
    "Authorization: Bearer {}",
    "bearer {}",
    "failed for token {} at https://acme.my.salesforce.com",
    "GET /callback?code=aPrx&x={} HTTP/1.1",
    "{{'access_token': '{}'}}",
    '{{"refresh_token":"{}"}}',
    "grant_type=refresh_token&refresh_token={}&client_id=3MVG9",
    "line one\nline two {}",
)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("secret", [*SECRETS, *(f"{prefix}l2qM3N78_xhVBJ1HMay-9A2Z4Lv" for prefix in PREFIXES)])
def test_a_secret_is_found_by_its_shape_anywhere_in_a_text(place: str, secret: str) -> None:
    assert secret not in redact_text(place.format(secret))
    assert secret[8:] not in redact_text(place.format(secret))


@pytest.mark.parametrize("prefix", PREFIXES)
@given(text=st.text(max_size=20), more=st.text(max_size=20))
def test_a_token_of_ours_never_survives_whatever_stands_around_it(prefix: str, text: str, more: str) -> None:
    token = new_token(prefix).get_secret_value()
    assert token[len(prefix) :] not in redact_text(f"{text} {token} {more}")


@given(code=st.builds(new_code, st.text()), text=st.text(max_size=20), more=st.text(max_size=20))
def test_a_one_time_code_never_survives_however_it_is_written(code: SecretStr, text: str, more: str) -> None:
    written = code.get_secret_value()
    for form in (written, written.lower(), written.replace("-", " "), written.replace("-", "")):
        assert form[5:] not in redact_text(f"{text} {form} {more}")


def test_ordinary_words_are_no_one_time_code() -> None:
    for text in ("that keep them away here", "aaaabbbb-cccc-4ddd-8eee-ffff00001111", "2026-11-25T00:43:03.019+00:00"):
        assert redact_text(text) == text


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "pw",
        "client_secret",
        "Authorization",
        "Cookie",
        "set-cookie",
        "access_token",
        "refresh_token",
        "id_token",
        "code_verifier",
        "state",
        "confirm_token",
        "X-Api-Key",
        "one_time_code",
    ],
)
@pytest.mark.parametrize("value", ["short", ["a", "b"], {"inner": "value"}, b"bytes", object()])
def test_a_value_under_a_secrets_name_is_replaced_whole(name: str, value: Any) -> None:
    assert redact({name: value}) == {name: REDACTED}
    assert redact({"request": {name: value}}) == {"request": {name: REDACTED}}


def test_a_number_is_kept_where_it_counts_and_not_where_it_is_the_secret() -> None:
    assert redact({"tokens_deleted": 3, "one_time_code": 123456}) == {"tokens_deleted": 3, "one_time_code": REDACTED}


def test_an_authorization_code_is_replaced_and_an_error_code_is_not() -> None:
    event = redact({"code": "salesforce_unavailable", "inner": {"code": "aPrxsFoC4.Z8A="}, "list": [{"code": 17}]})
    assert event == {"code": "salesforce_unavailable", "inner": {"code": REDACTED}, "list": [{"code": 17}]}


def test_wrapped_secrets_never_print() -> None:
    event = redact(
        {"key": SecretStr("plain"), "more": [SecretBytes(b"plain")], "deep": {"a": {"b": SecretStr("plain")}}}
    )
    assert "plain" not in json.dumps(event)


def test_an_object_is_printed_by_its_repr_without_what_looks_like_a_secret() -> None:
    class Careless:
        def __repr__(self) -> str:
            return f"Careless(token={SALESFORCE_ACCESS!r})"

    assert redact({"thing": Careless()}) == {"thing": f"Careless(token='{REDACTED}')"}


@pytest.mark.parametrize(
    "text",
    [
        "query_meetings answered 25 rows",
        "https://bookit-mcp.example/mcp?cursor=abc",
        "00D5g000004Q3zvEAC",
        "the state of things",
        "token_type",
        "Bookit_at_once",
        "",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert redact_text(text) == text


def test_a_query_string_keeps_its_names_and_loses_its_secrets() -> None:
    assert redact_text("GET /callback?code=aPrx%3D&state=xyz&error=none HTTP/1.1") == (
        f"GET /callback?code={REDACTED}&state={REDACTED}&error=none HTTP/1.1"
    )


def test_a_long_text_is_cut_after_its_secrets_are_out() -> None:
    text = "x" * 3_990 + " Bearer " + "s" * 100
    assert "sss" not in redact_text(text)
    assert len(redact_text("y" * 10_000)) < 4_100


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_whatever_is_logged_becomes_json_and_the_event_is_left_alone(event: dict[str, Any]) -> None:
    before = repr(event)
    json.dumps(redact(event))
    assert repr(event) == before


def test_a_structure_without_end_is_cut() -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless
    assert 0 < json.dumps(redact(endless)).count("again") < 100
