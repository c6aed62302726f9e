"""A refusal of the local org, in the shape of Salesforce's REST errors."""

from __future__ import annotations

from collections.abc import Sequence


class ApiError(Exception):
    """Becomes `[{"message", "errorCode", "fields"?}]` with the HTTP status, or the `statusCode` form in a collection.

    also: further refusals of the same record, which stand behind this one in the list.
    Source: REST API Developer Guide, Status Codes and Error Responses; salesforce texts as captured from real orgs.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        fields: Sequence[str] | None = None,
        also: Sequence[ApiError] = (),
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.fields = None if fields is None else tuple(fields)
        self.also = tuple(also)


class Unsupported(ApiError):
    """Something that a real org takes and the local org does not (yet). Always loud: 501 and its name."""

    def __init__(self, what: str) -> None:
        super().__init__(501, "EMULATOR_UNSUPPORTED", f"The local org does not support {what}.")


class SeveralRecords(ApiError):
    """An upsert's external id belongs to several records: 300 with their addresses, or this text in a collection.

    ids: of 18 characters. Text: SOAP API Developer Guide, DUPLICATE_EXTERNAL_ID; its wording is [BG].
    """

    def __init__(self, object_name: str, field: str, ids: Sequence[str]) -> None:
        message = f"{field}: more than one record found for external id field: [{', '.join(ids)}]"
        super().__init__(300, "DUPLICATE_EXTERNAL_ID", message, [field])
        self.object_name = object_name
        self.ids = tuple(ids)
