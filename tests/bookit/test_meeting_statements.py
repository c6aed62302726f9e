"""The statements of query_meetings ask for the same meetings, whatever they read of them."""

from __future__ import annotations

import pytest

from soql.binding import names
from soql.printer import to_text
from soql.statements import load_statements

STATEMENTS = load_statements()
ADMIN_ONLY = {"host", "pool", "mine"}


@pytest.mark.parametrize("suffix", ["", "_own"])
def test_pages_counts_and_thin_rows_have_the_same_conditions(suffix: str) -> None:
    conditions = {STATEMENTS[f"meetings/{name}{suffix}"].select.where for name in ("search", "detail", "count", "thin")}
    assert len(conditions) == 1


@pytest.mark.parametrize("name", ["search", "detail", "count", "thin"])
def test_a_user_s_statement_is_the_admin_s_without_pools_and_other_hosts(name: str) -> None:
    admin, user = STATEMENTS[f"meetings/{name}"], STATEMENTS[f"meetings/{name}_own"]
    assert (admin.scopes, user.scopes) == ({"admin"}, {"user"})
    assert set(names(user.select)) == set(names(admin.select)) - ADMIN_ONLY
    assert ADMIN_ONLY.issubset(names(admin.select))
    assert "Pool" not in to_text(user.select)
    assert set(user.groups) == set(admin.groups) - {"pool"}
