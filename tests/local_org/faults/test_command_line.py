"""`bookit-mcp local-org --fault`: what cannot be armed stops the start."""

import pytest
from click.testing import CliRunner

from app.cli import main


@pytest.mark.parametrize(
    ("text", "part"),
    [("{", "Invalid JSON"), ('{"kind":"slow"}', "seconds: Field required"), ('{"kind":"quake"}', "quake")],
)
def test_a_fault_that_cannot_be_armed_stops_the_start(text: str, part: str) -> None:
    done = CliRunner().invoke(main, ["local-org", "--url", "http://127.0.0.1:1", "--meetings", "0", "--fault", text])
    assert done.exit_code == 2
    assert "--fault" in done.output
    assert part in done.output
