"""What a model sends us: checked whole, and refused in words that it can act on. Nothing unknown is ignored."""

import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from app.bookit.errors import BookItError, ErrorCode
from app.mcp.signing import MAX_LENGTH

MAX_PROBLEMS = 5


class Arguments(BaseModel):
    """The base of every tool's arguments. Each field has a description written for a model."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, str_max_length=4_000)


A = TypeVar("A", bound=Arguments)


def parse_arguments(model: type[A], given: Mapping[str, Any]) -> A:
    """The arguments of a call. Raises BookItError invalid_argument: what is wrong, and what is allowed."""
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        raise _refusal(model, error) from None


def _refusal(model: type[Arguments], error: ValidationError) -> BookItError:
    allowed = list(model.model_fields)
    problems: list[str] = []
    about: list[str] = []
    unknown = False
    for each in error.errors(include_url=False, include_context=True):
        path = ".".join(str(part) for part in each["loc"])[:80]
        if each["type"] == "extra_forbidden" and len(each["loc"]) == 1:
            unknown = True
            near = get_close_matches(path, allowed, n=1)
            problems.append(f"There is no argument {path!r}{f'; perhaps {near[0]}' if near else ''}.")
        elif each["type"] == "missing":
            problems.append(f"{path} is required.")
        else:
            problems.append(f"{path}: {each['msg']}.")
            described = model.model_fields.get(path.partition(".")[0])
            if described is not None and described.description:
                about.append(f"{path.partition('.')[0]}: {described.description}.")
    names = ", ".join(allowed) or "none"
    return BookItError(
        ErrorCode.INVALID_ARGUMENT,
        " ".join(dict.fromkeys(problems[:MAX_PROBLEMS])),
        f"The arguments are: {names}." if unknown else " ".join(["Correct it and call again.", *dict.fromkeys(about)]),
    )


def _snake(value: object) -> object:
    return value.strip().lower().replace("-", "_").replace(" ", "_") if isinstance(value, str) else value


def _listed(value: object) -> object:
    """One value where a list belongs is a list of one, and a list written out as JSON text is that list: models send
    all three."""
    if value is None or (isinstance(value, Sequence) and not isinstance(value, str)):
        return cast("object", value)
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return [value]
    return [value]


Snake = BeforeValidator(_snake)
"""An enum of ours, whatever its case and separators: `No-Show` is `no_show`."""

AsList = BeforeValidator(_listed)

Text = Annotated[str, Field(min_length=1, max_length=200)]
"""A name, an id, a date: a short text that is not empty."""

AskedCursor = Annotated[
    Annotated[str, Field(max_length=MAX_LENGTH)] | None,
    Field(description="next_cursor of the page before; repeat all other arguments as they were"),
]
"""For the next page of a list; None for the first."""

T = TypeVar("T")
OneOrMore = Annotated[list[T], AsList]
"""A list, or the one value of it."""
