"""The label that the product carries, and where to report what is wrong (guide, A Beta-Labeled Feature)."""

from typing import Final

LABEL: Final = "BookIt MCP (BETA)"
REPORT_TO: Final = (
    "Answers may evolve. Report any difference between an answer and the BookIt UI, with its request_id, "
    "through LeanData Support."
)
