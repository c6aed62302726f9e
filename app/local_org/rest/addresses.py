"""The addresses in an answer, moved to the API version that was asked for."""

from __future__ import annotations

from typing import Any, cast

from app.local_org.rest.call import NEWEST, ROOT, Answer, root
from app.local_org.rest.json_value import Json

_ADDRESSES = frozenset({"url", "nextRecordsUrl", "Location"})


def at_version(answer: Answer, version: int) -> Answer:
    """The answer as this version gives it: its `url`, `nextRecordsUrl`, `urls`, Location and the list of a 300."""
    if version == NEWEST:
        return answer
    headers = {name: _moved(value, version) if name in _ADDRESSES else value for name, value in answer.headers.items()}
    if answer.status == 300:
        body: Json = [_moved(url, version) for url in cast(list[str], answer.body)]
    else:
        body = _with_addresses(answer.body, version)
    return Answer(answer.status, body, headers, answer.partly_failed)


def _with_addresses(value: Json, version: int) -> Json:
    if isinstance(value, list):
        return [_with_addresses(item, version) for item in cast(list[Any], value)]
    if not isinstance(value, dict):
        return value
    moved: dict[str, Any] = {}
    for name, item in cast(dict[str, Any], value).items():
        if name == "urls" and isinstance(item, dict):
            moved[name] = {key: _moved(url, version) for key, url in cast(dict[str, Any], item).items()}
        else:
            moved[name] = _moved(item, version) if name in _ADDRESSES else _with_addresses(item, version)
    return moved


def _moved(value: Json, version: int) -> Json:
    return root(version) + value.removeprefix(ROOT) if isinstance(value, str) and value.startswith(ROOT) else value
