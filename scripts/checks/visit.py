"""One check's stay in an org: it asks, it makes rows of its own, and its rows go when it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.checks.findings import Finding, Json
from scripts.checks.org import ROOT, Answer, App, NotRunError, Org, SignIn

MARK = "BookIt MCP check"
"""How the name of every row begins that a check makes."""


class Visit:
    """What a check works with. Every call below is the administrator's, under `/services/data/v66.0`."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self._made: list[tuple[str, str]] = []
        self._collections: list[list[str]] = []

    # ------------------------------------------------------------ asking

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Json = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
        limited: bool = False,
    ) -> Answer:
        """One REST call. path: below the version. limited: as the user who may do nothing."""
        token = self.limited_token if limited else self.org.token
        return self.org.send(method, f"{ROOT}{path}", token=token, json=json, params=params, headers=headers, data=data)

    def query(self, soql: str, *, limited: bool = False) -> Answer:
        return self.call("GET", "/query", params={"q": soql}, limited=limited)

    def rows(self, soql: str) -> list[dict[str, Any]]:
        """The records of a query that the check relies on; NotRunError when the org refuses it."""
        answer = self.query(soql)
        if answer.status != 200:
            raise NotRunError(f"a query that the check needs was refused: {answer.status} {_reason(answer)}")
        return answer.body["records"]

    @property
    def limited_token(self) -> str:
        if self.org.limited_token is None:
            raise NotRunError("there is no limited user")
        return self.org.limited_token

    @property
    def app(self) -> App:
        if self.org.app is None:
            raise NotRunError("there is no consumer key")
        return self.org.app

    @property
    def sign_in(self) -> SignIn:
        if self.org.sign_in is None:
            raise NotRunError("nobody signs in")
        return self.org.sign_in

    # ------------------------------------------------------------ rows of one's own

    def name(self, what: str = "") -> str:
        """A name that no row has yet: the mark, the run, a number."""
        return " ".join(part for part in (MARK, self.org.run_id, str(self.org.next_number()), what) if part)

    def make(self, object_name: str, **values: Json) -> str:
        """Creates a row and returns its id; NotRunError when the org refuses it. It is deleted with the visit."""
        answer = self.call("POST", f"/sobjects/{object_name}", json=values)
        if answer.status != 201:
            raise NotRunError(f"{object_name} could not be created: {answer.status} {_reason(answer)}")
        return self.adopt(object_name, answer.body["id"])

    def account(self, **values: Json) -> str:
        """An account under a name of the check's own."""
        return self.make("Account", **{"Name": self.name(), **values})

    def adopt(self, object_name: str, record_id: str) -> str:
        """Has a row that the check made otherwise deleted with the visit."""
        self._made.append((object_name, record_id))
        return record_id

    def adopt_all(self, ids: list[str]) -> None:
        """Has up to 200 rows deleted with the visit, in one call."""
        self._collections.append(ids)

    def leave(self) -> list[str]:
        """Deletes what was made, last first. Returns the rows that the org did not let go, as `Account 001…`."""
        left: list[str] = []
        for ids in self._collections:
            answer = self.call("DELETE", "/composite/sobjects", params={"ids": ",".join(ids)})
            results = answer.body if answer.status == 200 else [{"success": False}] * len(ids)
            left += [one for one, result in zip(ids, results, strict=True) if not result["success"]]
        self._collections.clear()
        while self._made:
            object_name, record_id = self._made.pop()
            try:
                answer = self.call("DELETE", f"/sobjects/{object_name}/{record_id}")
            except NotRunError:
                left.append(f"{object_name} {record_id}")
                continue
            if answer.status not in (204, 404):
                left.append(f"{object_name} {record_id}")
        return left


def refusal(
    what: str, answer: Answer, status: int, code: str, message: Json, fields: list[str] | None = None
) -> Finding:
    """A refused request: its status and its one error, `fields` only where it is given."""
    error: dict[str, Json] = {"message": message, "errorCode": code}
    if fields is not None:
        error["fields"] = fields
    return Finding(what, (status, [error]), (answer.status, answer.body))


def _reason(answer: Answer) -> str:
    return str(answer.body)[:200]
