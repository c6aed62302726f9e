"""What can go wrong between us and an org, in terms that the caller can act on."""

from enum import StrEnum


class OrgErrorCode(StrEnum):
    """The codes of the tool contract that an org can cause."""

    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    FAILED = "failed"
    SALESFORCE_UNAVAILABLE = "salesforce_unavailable"
    SALESFORCE_LIMIT = "salesforce_limit"
    RECONNECT_REQUIRED = "reconnect_required"
    INTERNAL = "internal"


class OrgError(Exception):
    """A call to Salesforce that failed.

    message: may be shown to the caller; never holds SOQL, a token or a Salesforce URL.
    salesforce_code: Salesforce's own errorCode, for our log and for code that must tell cases apart.
    """

    def __init__(self, code: OrgErrorCode, message: str, *, salesforce_code: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.salesforce_code = salesforce_code


class ConnectionLost(OrgError):
    """The org connection is dead, or there is none: only an admin can bind it anew."""

    def __init__(self, *, salesforce_code: str | None = None) -> None:
        message = "The org's connection to Salesforce has ended. A BookIt admin must enable BookIt MCP again."
        super().__init__(OrgErrorCode.RECONNECT_REQUIRED, message, salesforce_code=salesforce_code)


class StatementRefused(Exception):
    """A statement, or an ask for one, that our own rules do not allow. A mistake in the server, found at start where
    it can be; never a caller's. The message names the statement."""


class WriteRefused(Exception):
    """A write that our own rules do not allow. A mistake in the server, found before anything leaves; never a caller's.
    The message names the object and the field, never a value."""


class SchemaMapError(ValueError):
    """The schema map or an override of it is wrong, or lacks a name; the message names the entry."""
