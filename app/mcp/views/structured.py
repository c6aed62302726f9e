"""An answer's model as structuredContent."""

from typing import Any

from pydantic import BaseModel


def as_json(answer: BaseModel) -> dict[str, Any]:
    """What was set, and nothing that was not asked for; null only where the contract says null."""
    # Views are built from checked records without being validated again, subclasses among them: no type checks here.
    return answer.model_dump(mode="json", exclude_unset=True, serialize_as_any=True, warnings=False)
