"""Why somebody cannot sign in, in words that say what to do. One entry a case; pages and the command line show them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RefusalKind(StrEnum):
    """The cases. The value is the code that a person tells support."""

    APP_NOT_INSTALLED = "app_not_installed"
    NOT_PREAUTHORISED = "not_preauthorised"
    ORG_NOT_ENABLED = "org_not_enabled"
    LICENCE_OR_VERSION = "licence_or_version"
    NO_PERMISSION_SET = "no_permission_set"
    SCOPE_UNREADABLE = "scope_unreadable"
    INACTIVE_USER = "inactive_user"
    USER_DENIED = "user_denied"
    EXPIRED = "sign_in_expired"
    BAD_REQUEST = "bad_request"
    NOT_ADMIN = "not_an_admin"
    OTHER_ORG = "other_org"
    OTHER_USER = "other_user"
    PAGE_EXPIRED = "page_expired"
    MISCONFIGURED = "misconfigured"
    UNAVAILABLE = "salesforce_unavailable"
    TOO_MANY_CODES = "too_many_codes"
    CONNECTION_UNFIT = "connection_unfit"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One case. status: of the page. steps: what to do, in order. oauth_error: the code for the MCP client (RFC 6749
    section 4.1.2.1), where there is one to tell."""

    kind: RefusalKind
    status: int
    title: str
    explanation: str
    steps: tuple[str, ...]
    oauth_error: str = "access_denied"


class SignInRefused(Exception):
    """This sign-in does not go on. details: what was found, in words for an admin; never a secret."""

    def __init__(self, kind: RefusalKind, *details: str) -> None:
        super().__init__(kind.value)
        self.refusal = REFUSALS[kind]
        self.details = details


AGAIN = "Then connect again in your MCP client."
"""A step of its own, because the integration page has another one in its place."""

AGAIN_ON_PAGE = "Then open the integration page again and sign in."

_CASES = (
    Refusal(
        RefusalKind.APP_NOT_INSTALLED,
        403,
        "LeanDataECA is not installed in this org",
        "You signed in, but Salesforce does not know BookIt MCP there: the package LeanDataECA, which allows the "
        "sign-in and does nothing else, is not installed in the org that you chose.",
        (
            "Make sure that you chose the right org: a sandbox and a My Domain have their own buttons.",
            "A Salesforce admin installs the LeanDataECA package, with Install for Admins Only.",
            AGAIN,
        ),
    ),
    Refusal(
        RefusalKind.NOT_PREAUTHORISED,
        403,
        "Your Salesforce admin has not approved this app for you",
        "The LeanDataECA app is installed, but its policy in your org does not let you use it.",
        (
            "Ask a Salesforce admin to open Setup, External Client App Manager, LeanDataECA, Policies.",
            "There, either allow all users to authorise themselves, or add your profile or one of your permission "
            "sets, and make sure that the app is not blocked and its IP rules admit the BookIt MCP server.",
            AGAIN,
        ),
    ),
    Refusal(
        RefusalKind.ORG_NOT_ENABLED,
        403,
        "BookIt MCP is not enabled for this org",
        "You signed in, but nobody has turned BookIt MCP on for the Salesforce org that you chose.",
        (
            "Make sure that you chose the right org: a sandbox and a My Domain have their own buttons.",
            "A LeanData admin enables it: Integrations, BookIt tab, BookIt MCP (BETA), Get Started, Enable.",
            AGAIN,
        ),
    ),
    Refusal(
        RefusalKind.LICENCE_OR_VERSION,
        403,
        "This org has no BookIt 7.x or 8.x with an active licence",
        "BookIt MCP works with an active BookIt licence on version 7.x or 8.x.",
        (
            "A Salesforce admin checks Setup, Installed Packages: LeanData's version, licence status and expiry.",
            "For a licence or an upgrade, contact LeanData Support or your CSM.",
            AGAIN,
        ),
    ),
    Refusal(
        RefusalKind.NO_PERMISSION_SET,
        403,
        "You have neither of the permission sets that BookIt MCP needs",
        "Admins need LeanData Custom Objects Full Access, users need LeanData Dashboard Access. BookIt Manager and "
        "Pool Manager do not count. An assignment that has expired does not count either.",
        ("Ask a Salesforce admin to assign you one of the two permission sets.", AGAIN),
    ),
    Refusal(
        RefusalKind.SCOPE_UNREADABLE,
        403,
        "Your permission sets could not be read",
        "You may not see your own permission sets in Salesforce, and the org's own connection could not read them "
        "for you. Without them BookIt MCP gives no access.",
        ("Ask a BookIt admin to enable BookIt MCP again, which renews the org's connection.", AGAIN),
    ),
    Refusal(
        RefusalKind.INACTIVE_USER,
        403,
        "Your Salesforce user is inactive",
        "Salesforce reports that this user, or this org, is not active.",
        ("Ask a Salesforce admin to activate your user.", AGAIN),
    ),
    Refusal(
        RefusalKind.USER_DENIED,
        403,
        "You did not allow the access",
        "Salesforce reports that the access was denied on its approval page.",
        ("If that was a mistake, choose Allow the next time.", AGAIN),
    ),
    Refusal(
        RefusalKind.EXPIRED,
        400,
        "This sign-in has expired or was begun in another browser",
        "A sign-in must be finished within 10 minutes, once, in the browser in which it was begun, with cookies on.",
        ("Close this page and connect again in your MCP client.",),
        "invalid_request",
    ),
    Refusal(
        RefusalKind.BAD_REQUEST,
        400,
        "Your MCP client sent a request that cannot be answered",
        "The request does not name a client and an address that this server knows, so there is nowhere to send you.",
        ("Remove BookIt MCP from your client and add it again.", "If it stays, report it to the client's maker."),
        "invalid_request",
    ),
    Refusal(
        RefusalKind.NOT_ADMIN,
        403,
        "This page is for BookIt admins",
        "The integration page is open to users with the permission set LeanData Custom Objects Full Access, and to "
        "nobody else. An assignment that has expired does not count. The session on this page, if there was one, has "
        "ended.",
        (
            "Ask a Salesforce admin to assign you LeanData Custom Objects Full Access.",
            "To use BookIt MCP in your own MCP client you do not need this page: connect there.",
            AGAIN_ON_PAGE,
        ),
    ),
    Refusal(
        RefusalKind.OTHER_ORG,
        403,
        "This user belongs to another org",
        "The login that is to become the org connection must be of the org that you are signed in to here. Nothing was "
        "changed, and the login was given back.",
        ("Go back to the integration page and sign in as a user of the same org.",),
    ),
    Refusal(
        RefusalKind.OTHER_USER,
        403,
        "This is another user's login",
        "You chose to connect the org with your own login, and somebody else's came back: the browser has another "
        "user's session at Salesforce. Nothing was changed, and the login was given back.",
        ("Log out of Salesforce in this browser.", "Go back to the integration page and choose again."),
    ),
    Refusal(
        RefusalKind.PAGE_EXPIRED,
        400,
        "This page is out of date",
        "The form was of an older session, of another browser, or did not come from this site. A login must be "
        "finished within 10 minutes, once, in the browser in which it was begun. Nothing was changed.",
        ("Open the integration page again.",),
        "invalid_request",
    ),
    Refusal(
        RefusalKind.MISCONFIGURED,
        500,
        "BookIt MCP is not set up right for Salesforce",
        "Salesforce refused the request of the BookIt MCP server itself. Signing in again will not help.",
        ("Report this page to LeanData Support.",),
        "server_error",
    ),
    Refusal(
        RefusalKind.UNAVAILABLE,
        503,
        "Salesforce does not answer at the moment",
        "The sign-in could not be finished because Salesforce did not answer, or gave an answer that makes no sense.",
        ("Wait a minute, and see status.salesforce.com for known disturbances.", AGAIN),
        "temporarily_unavailable",
    ),
    Refusal(
        RefusalKind.TOO_MANY_CODES,
        403,
        "Too many one-time codes were not taken",
        "In one sign-in 5 codes can be tried, and none of them was good.",
        (
            "Have a BookIt admin ask for a new code on the integration page. It works once, within 10 minutes.",
            AGAIN,
        ),
    ),
    Refusal(
        RefusalKind.CONNECTION_UNFIT,
        403,
        "BookIt MCP cannot act for agents in this org at the moment",
        "The code was right, but whoever signs in with one works as the org connection, and that is dead, or its user "
        "is no BookIt admin who sees all data.",
        (
            "A BookIt admin binds the connection again on the integration page, as a user who has LeanData Custom "
            "Objects Full Access and View All Data.",
            "The code is used up: have the admin ask for a new one.",
            AGAIN,
        ),
    ),
)

REFUSALS = {case.kind: case for case in _CASES}

_BY_CODE = {
    "access_denied": RefusalKind.USER_DENIED,
    "OAUTH_EC_APP_NOT_FOUND": RefusalKind.APP_NOT_INSTALLED,
    "OAUTH_APPROVAL_ERROR_GENERIC": RefusalKind.APP_NOT_INSTALLED,
    "OAUTH_APP_ACCESS_DENIED": RefusalKind.NOT_PREAUTHORISED,
    "OAUTH_APP_BLOCKED": RefusalKind.NOT_PREAUTHORISED,
    "invalid_app_access": RefusalKind.NOT_PREAUTHORISED,
    "inactive_user": RefusalKind.INACTIVE_USER,
    "inactive_org": RefusalKind.INACTIVE_USER,
    "server_error": RefusalKind.UNAVAILABLE,
    "temporarily_unavailable": RefusalKind.UNAVAILABLE,
    "rate_limit_exceeded": RefusalKind.UNAVAILABLE,
}
_BY_DESCRIPTION = (
    ("hasn't approved this consumer", RefusalKind.NOT_PREAUTHORISED),
    ("ip restricted", RefusalKind.NOT_PREAUTHORISED),
    ("expired authorization code", RefusalKind.EXPIRED),
    ("invalid authorization code", RefusalKind.EXPIRED),
    ("inactive", RefusalKind.INACTIVE_USER),
)


def refusal_of(code: str, description: str) -> RefusalKind:
    """What Salesforce's `error` and `error_description` mean for a person (Salesforce Help; public reports).

    What is not known is our own fault: a wrong client id, secret, callback or scope.
    """
    known = _BY_CODE.get(code)
    if known is not None:
        return known
    said = description.lower()
    return next((kind for text, kind in _BY_DESCRIPTION if text in said), RefusalKind.MISCONFIGURED)
