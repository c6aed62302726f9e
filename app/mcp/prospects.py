"""A prospect as a tool's argument: what a form has of him, and what else a trigger node asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt
from pydantic_core import PydanticCustomError

from app.bookit.errors import BookItError, ErrorCode
from app.bookit.routing.graph import PROSPECT_FIELDS, Value
from app.bookit.routing.routed import RoutedProspect

MAX_GIVEN: Final = 60
"""Inputs beside the named keys; no trigger node takes as many."""

Typed = Annotated[str, Field(max_length=255)]
_ADDRESS: Final = re.compile(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+\.[^\s@<>()\[\],;:\".]+")


def _address(text: str) -> str:
    if _ADDRESS.fullmatch(text) is None:
        raise PydanticCustomError("email", "it is no e-mail address")
    return text


Email = Annotated[str, Field(max_length=80, json_schema_extra={"format": "email"}), AfterValidator(_address)]
"""What Salesforce takes as an e-mail address."""


class Prospect(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, str_strip_whitespace=True)
    __pydantic_extra__: dict[str, StrictBool | StrictInt | StrictFloat | Typed | None]  # pyright: ignore[reportIncompatibleVariableOverride]

    email: Email
    first_name: Typed | None = None
    last_name: Typed | None = None
    phone: Typed | None = None
    company: Typed | None = None


def needed(prospect: Prospect | None) -> Prospect:
    """Raises BookItError where there is none, or one with more inputs than any trigger node has."""
    if prospect is None:
        raise _refused("prospect is required.", 'Give at least the e-mail address: {"email": "…"}.')
    if len(prospect.__pydantic_extra__) > MAX_GIVEN:
        raise _refused(f"prospect has more than {MAX_GIVEN} inputs.", "Give those of the trigger node alone.")
    return prospect


def given(prospect: Prospect) -> Mapping[str, Value]:
    """All that was given, the named keys among it."""
    return prospect.model_dump(exclude_unset=True)


def contact_details(prospect: Prospect) -> RoutedProspect:
    """The named keys; blank is None."""
    return RoutedProspect(
        email=prospect.email,
        first_name=prospect.first_name or None,
        last_name=prospect.last_name or None,
        phone=prospect.phone or None,
        company=prospect.company or None,
    )


def refuse_inputs(prospect: Prospect) -> None:
    """Where no trigger node is asked, nothing takes an input. Raises BookItError."""
    unknown = next(iter(prospect.__pydantic_extra__), None)
    if unknown is not None:
        raise _refused(
            f"prospect has {unknown[:60]!r}, and inputs are for trigger nodes alone.",
            f"Without a trigger node it takes: {', '.join(PROSPECT_FIELDS)}.",
        )


def _refused(message: str, hint: str) -> BookItError:
    return BookItError(ErrorCode.INVALID_ARGUMENT, message, hint)
