"""Where an answer's next page is."""

from typing import Annotated

from pydantic import Field

NextCursor = Annotated[str | None, Field(description="For the next page: repeat the call with it as cursor")]
"""What the next call takes as cursor; None on the last page."""
