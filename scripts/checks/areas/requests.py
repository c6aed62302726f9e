"""What every REST request meets before its resource does: versions, sessions, methods, sizes, bodies."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.checks.findings import ANYTHING, ID, WHOLE_NUMBER, AtLeast, Finding, OneOf, text
from scripts.checks.model import Area, Sure
from scripts.checks.org import ROOT, VERSION
from scripts.checks.visit import Visit, refusal

AREA = Area("Requests")

_STATUS_CODES = "REST API Developer Guide, Status Codes and Error Responses"
NO_SESSION = "Session expired or invalid"
NOT_THERE = "The requested resource does not exist"


@AREA.check(
    "requests.versions",
    "`GET /services/data` lists the versions, each with label, url and version, and asks for no session",
    source="REST API Developer Guide, Versions",
    sure=Sure.DOC,
)
def versions(visit: Visit) -> Iterator[Finding]:
    answer = visit.org.send("GET", "/services/data", token=None)
    yield Finding("status", 200, answer.status)
    ours = [entry for entry in answer.body if entry["version"] == VERSION]
    yield Finding("the entry of 66.0", [{"label": ANYTHING, "url": ROOT, "version": VERSION}], ours)


@AREA.check(
    "requests.resources",
    "`GET /services/data/v66.0` maps each resource to its URL",
    source="REST API Developer Guide, Resources by Version",
    sure=Sure.DOC,
)
def resources(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("GET", "/")
    names = ("composite", "limits", "query", "queryAll", "sobjects", "tooling")
    yield Finding("resources", (200, AtLeast({name: f"{ROOT}/{name}" for name in names})), (answer.status, answer.body))


@AREA.check(
    "requests.unknown_version",
    "A version that does not exist is 404 NOT_FOUND",
    source="background knowledge",
    sure=Sure.BG,
)
def unknown_version(visit: Visit) -> Iterator[Finding]:
    answer = visit.org.send("GET", "/services/data/v966.0/sobjects", token=visit.org.token)
    yield refusal("v966.0", answer, 404, "NOT_FOUND", NOT_THERE)


@AREA.check(
    "requests.older_version",
    "An older version in service answers with addresses of that version",
    source="REST API Developer Guide, API End-of-Life Policy",
    sure=Sure.DOC,
)
def older_version(visit: Visit) -> Iterator[Finding]:
    params = {"q": "SELECT Id FROM Organization"}
    answer = visit.org.send("GET", "/services/data/v60.0/query", token=visit.org.token, params=params)
    row = answer.body["records"][0]
    url = f"/services/data/v60.0/sobjects/Organization/{row['Id']}"
    yield Finding("url", (200, url), (answer.status, row["attributes"]["url"]))


@AREA.check(
    "requests.retired_version",
    "A retired version (before 31.0) is 410",
    source="REST API Developer Guide, API End-of-Life Policy; Pipedream #3134 met the 410; code and text are "
    "background knowledge",
    sure=Sure.DOC,
)
def retired_version(visit: Visit) -> Iterator[Finding]:
    answer = visit.org.send("GET", "/services/data/v20.0/sobjects", token=visit.org.token)
    yield refusal("v20.0", answer, 410, "UNSUPPORTED_API_VERSION", ANYTHING)


@AREA.check(
    "requests.no_session",
    "Without an Authorization header, or with a token that nobody has, it is 401 INVALID_SESSION_ID",
    source="captured from real orgs",
    sure=Sure.FIX,
)
def no_session(visit: Visit) -> Iterator[Finding]:
    stranger = f"{visit.org.token[:15]}!AQnobodyhasthistoken"
    for what, token in (("without a token", None), ("with another token", stranger)):
        answer = visit.org.send("GET", f"{ROOT}/sobjects", token=token)
        yield refusal(what, answer, 401, "INVALID_SESSION_ID", NO_SESSION)


@AREA.check(
    "requests.bad_scheme",
    "An Authorization header of another scheme is 401 INVALID_AUTH_HEADER",
    source="public reports: restforce #489, #811",
    sure=Sure.REP,
)
def bad_scheme(visit: Visit) -> Iterator[Finding]:
    headers = {"Authorization": "Basic bm9ib2R5OnNlY3JldA=="}
    answer = visit.org.send("GET", f"{ROOT}/sobjects", token=None, headers=headers)
    yield refusal("Basic", answer, 401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")


@AREA.check(
    "requests.oauth_scheme",
    "`Authorization: OAuth …` means the same as Bearer",
    source="background knowledge, long-standing",
    sure=Sure.BG,
)
def oauth_scheme(visit: Visit) -> Iterator[Finding]:
    headers = {"Authorization": f"OAuth {visit.org.token}"}
    answer = visit.org.send("GET", f"{ROOT}/limits", token=None, headers=headers)
    yield Finding("status", 200, answer.status)


@AREA.check(
    "requests.unknown_resource", "An unknown resource is 404 NOT_FOUND", source="captured from real orgs", sure=Sure.FIX
)
def unknown_resource(visit: Visit) -> Iterator[Finding]:
    yield refusal("/nothing", visit.call("GET", "/nothing"), 404, "NOT_FOUND", NOT_THERE)


@AREA.check(
    "requests.wrong_method",
    "A method that the resource lacks is 405 METHOD_NOT_ALLOWED, and the message names those that it has",
    source="public reports: simple-salesforce #157, omniphx/forrest #191",
    sure=Sure.REP,
)
def wrong_method(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("PATCH", "/sobjects/Account", json={"Phone": "1"})
    message = "HTTP Method 'PATCH' not allowed. Allowed are HEAD,GET,POST"
    yield refusal("PATCH of an object", answer, 405, "METHOD_NOT_ALLOWED", message)


@AREA.check(
    "requests.long_uri",
    "A URI of more than 16,384 bytes is refused with 414 or 431",
    source=_STATUS_CODES,
    sure=Sure.DOC,
)
def long_uri(visit: Visit) -> Iterator[Finding]:
    answer = visit.query(f"SELECT Id FROM Account WHERE Name = '{'x' * 17_000}'")
    yield Finding("status", OneOf((414, 431)), answer.status)


@AREA.check(
    "requests.long_headers",
    "A URI and headers of more than 16,384 bytes together are refused with 431",
    source=_STATUS_CODES,
    sure=Sure.DOC,
)
def long_headers(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("GET", "/limits", headers={"X-Filler": "x" * 16_500})
    yield Finding("status", OneOf((414, 431)), answer.status)


@AREA.check(
    "requests.media_type",
    "A body of a media type that is neither JSON nor XML is 415 UNSUPPORTED_MEDIA_TYPE",
    source="public reports: kevinohara80/nforce #74, heroku/sf-functions-python #91",
    sure=Sure.REP,
)
def media_type(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("POST", "/sobjects/Account", data=b"Name=x", headers={"Content-Type": "text/plain"})
    message = "MediaType of 'text/plain' is not supported by this resource"
    yield refusal("text/plain", answer, 415, "UNSUPPORTED_MEDIA_TYPE", message)


@AREA.check(
    "requests.json_syntax",
    "JSON that cannot be read is 400 JSON_PARSER_ERROR with the character, its code and its place",
    source="captured from real orgs",
    sure=Sure.FIX,
)
def json_syntax(visit: Visit) -> Iterator[Finding]:
    headers = {"Content-Type": "application/json"}
    answer = visit.call("POST", "/sobjects/Account", data=b'{"Name": }', headers=headers)
    message = text(r"Unexpected character \('\}' \(code 125\)\): .* at \[line:1, column:\d+\]")
    yield refusal("a value is missing", answer, 400, "JSON_PARSER_ERROR", message)


@AREA.check(
    "requests.json_shape",
    "A body that is no JSON object is 400 JSON_PARSER_ERROR",
    source="captured from real orgs; the text varies",
    sure=Sure.FIX,
)
def json_shape(visit: Visit) -> Iterator[Finding]:
    yield refusal("a list", visit.call("POST", "/sobjects/Account", json=[1]), 400, "JSON_PARSER_ERROR", ANYTHING)


@AREA.check(
    "requests.no_body",
    "A POST without a body is 400 JSON_PARSER_ERROR that says that the entity body is required",
    source="background knowledge",
    sure=Sure.BG,
)
def no_body(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("POST", "/sobjects/Account", headers={"Content-Type": "application/json"})
    message = "The HTTP entity body is required, but this request has no entity body."
    yield refusal("no body", answer, 400, "JSON_PARSER_ERROR", message)


@AREA.check(
    "requests.headers",
    "Answers are JSON in UTF-8, never cached, with a request id and the API count in `Sforce-Limit-Info`",
    source="one capture with headers, August 2026",
    sure=Sure.FIX,
)
def headers(visit: Visit) -> Iterator[Finding]:
    answer = visit.query("SELECT Id FROM Organization")
    got = {name.lower(): value for name, value in answer.headers.items()}
    content_type = got.get("content-type", "").lower().replace(" ", "")
    yield Finding("content type", "application/json;charset=utf-8", content_type)
    yield Finding("API count", text(r"api-usage=\d+/\d+(;.*)?"), got.get("sforce-limit-info"))
    yield Finding("caching", True, "no-store" in got.get("cache-control", ""))
    yield Finding("request id", True, "x-sfdc-request-id" in got)


@AREA.check(
    "requests.versions_without_count",
    "The list of versions carries no `Sforce-Limit-Info`",
    source="captured from real orgs",
    sure=Sure.FIX,
)
def versions_without_count(visit: Visit) -> Iterator[Finding]:
    answer = visit.org.send("GET", "/services/data", token=None)
    yield Finding("the header", False, "sforce-limit-info" in {name.lower() for name in answer.headers})


@AREA.check(
    "requests.limits",
    "`/limits` tells Max and Remaining of each limit, DailyApiRequests among them",
    source="REST API Developer Guide, Limits",
    sure=Sure.DOC,
)
def limits(visit: Visit) -> Iterator[Finding]:
    answer = visit.call("GET", "/limits")
    daily = AtLeast({"Max": WHOLE_NUMBER, "Remaining": WHOLE_NUMBER})
    yield Finding("limits", (200, AtLeast({"DailyApiRequests": daily})), (answer.status, answer.body))


@AREA.check(
    "requests.bad_date",
    "A conditional header that is no date is 400",
    source="recorded by Salesforce's Mobile SDK tests",
    sure=Sure.FIX,
)
def bad_date(visit: Visit) -> Iterator[Finding]:
    record_id = visit.account()
    answer = visit.call(
        "PATCH", f"/sobjects/Account/{record_id}", json={"Phone": "1"}, headers={"If-Unmodified-Since": "yesterday"}
    )
    yield Finding("status", 400, answer.status)


@AREA.check(
    "requests.packages",
    "`/tooling/query` tells which packages are installed, with the version of each",
    source="Tooling API, InstalledSubscriberPackage",
    sure=Sure.DOC,
)
def packages(visit: Visit) -> Iterator[Finding]:
    soql = "SELECT Id, SubscriberPackage.NamespacePrefix, SubscriberPackageVersion.MajorVersion "
    answer = visit.call("GET", "/tooling/query", params={"q": f"{soql}FROM InstalledSubscriberPackage"})
    yield Finding("status", 200, answer.status)
    for row in answer.body["records"]:
        version = row["SubscriberPackageVersion"]["MajorVersion"]
        yield Finding("a package", (ID, WHOLE_NUMBER), (row["Id"], version))


AREA.cannot_check(
    "requests.daily_limit",
    "Past the day's calls every request is 403 REQUEST_LIMIT_EXCEEDED, `TotalRequests Limit exceeded.`",
    source="captured from real orgs",
    sure=Sure.FIX,
    because="it would take all calls of a day",
    codes=("REQUEST_LIMIT_EXCEEDED",),
    test="rest/test_shell.py::test_the_daily_limit_refuses_with_403_until_it_is_raised",
)
AREA.cannot_check(
    "requests.api_disabled",
    "A user without API Enabled gets 403 API_DISABLED_FOR_ORG",
    source="captured from real orgs",
    sure=Sure.FIX,
    because="no token can be had for such a user that a check could use",
    codes=("API_DISABLED_FOR_ORG",),
    test="rest/test_shell.py::test_a_user_without_api_enabled_signs_in_and_is_refused",
)
AREA.cannot_check(
    "requests.session_timeout",
    "A session that was idle for the org's session time is over: 401 INVALID_SESSION_ID; use prolongs it",
    source="Salesforce Help, Modify Session Security Settings; that use is noted at half time is background knowledge",
    sure=Sure.DOC,
    because="it would take hours",
    test="rest/test_shell.py::test_a_session_ends_after_its_time_without_use",
)
AREA.cannot_check(
    "requests.defect",
    "A defect of the org is 500 UNKNOWN_EXCEPTION with an ErrorId",
    source="captured from real orgs",
    sure=Sure.FIX,
    because="no request makes one on purpose",
    codes=("UNKNOWN_EXCEPTION",),
    test="rest/test_shell.py::test_a_defect_of_the_local_org_is_a_500_with_an_error_id_and_a_log_line",
)
AREA.cannot_check(
    "requests.body_size",
    "A body over 50 MB is 413; a content encoding that does not hold is 400",
    source=f"{_STATUS_CODES}; the code names are background knowledge",
    sure=Sure.DOC,
    because="50 MB are too much to send to somebody's org",
    codes=("REQUEST_ENTITY_TOO_LARGE", "MALFORMED_REQUEST"),
)
