"""How large an org the command line takes, and which kept files it refuses."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from app.local_org.org import LocalOrg
from app.local_org.schema.compile import compile_schema
from tests.support.local_org import PACKAGES


def test_a_kept_org_that_was_not_loaded_to_its_end_is_refused_in_one_line(tmp_path: Path) -> None:
    org = LocalOrg(tmp_path / "org.db", compile_schema(PACKAGES), lambda: datetime(2026, 11, 23, tzinfo=UTC))
    with pytest.raises(KeyboardInterrupt), org.bulk_loading():
        raise KeyboardInterrupt
    org.close()
    result = CliRunner().invoke(main, ["local-org", "--path", str(tmp_path / "org.db")])
    assert result.exit_code == 1
    assert result.output == f"Error: {tmp_path}/org.db was not loaded to its end; delete it and load it anew.\n"


def test_the_demo_checks_answers_in_memory_so_its_org_is_small() -> None:
    result = CliRunner().invoke(main, ["demo", "--once", "--meetings", "10001"])
    assert result.exit_code == 2
    assert "the plain reading takes 10000 at most" in result.output
