"""Names get the package's namespace as Salesforce gives it when a package is installed."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local_org.schema.key_prefixes import KeyPrefixes
from app.local_org.schema.package_source import PackageSource

_PACKAGE = PackageSource(Path(), "P", "LeanData", 1, 0, ())
_WITHOUT_NAMESPACE = PackageSource(Path(), "P", None, 1, 0, ())


@pytest.mark.parametrize(
    ("name", "qualified"),
    [
        ("Start__c", "LeanData__Start__c"),
        ("Main_Host__r", "LeanData__Main_Host__r"),
        ("Other__Field__c", "Other__Field__c"),
        ("User", "User"),
        ("OwnerId", "OwnerId"),
    ],
)
def test_a_custom_name_without_a_namespace_gets_the_packages(name: str, qualified: str) -> None:
    assert _PACKAGE.qualify(name) == qualified
    assert _WITHOUT_NAMESPACE.qualify(name) == name


def test_a_formulas_texts_stay_as_they_are() -> None:
    formula = r'AND(Kind__c = "Kind__c", Pool__r.Kind__c <> "say \"Kind__c\"", ISBLANK(Owner.Id))'
    assert _PACKAGE.qualify_formula(formula) == (
        r'AND(LeanData__Kind__c = "Kind__c", LeanData__Pool__r.LeanData__Kind__c <> "say \"Kind__c\"", '
        "ISBLANK(Owner.Id))"
    )


@given(st.text(max_size=40))
def test_qualifying_twice_is_qualifying_once(text: str) -> None:
    once = _PACKAGE.qualify_formula(text)
    assert _PACKAGE.qualify_formula(once) == once


@given(st.sets(st.from_regex(r"[A-Z][a-z]{1,8}__c", fullmatch=True), max_size=60))
def test_no_two_objects_share_a_prefix(names: set[str]) -> None:
    prefixes = KeyPrefixes(names)
    assert len({prefixes.of_custom(name) for name in names}) == len(names)


def test_a_prefix_does_not_change_when_other_objects_come() -> None:
    alone = KeyPrefixes(["Meeting__c"]).of_custom("Meeting__c")
    assert KeyPrefixes(["Meeting__c", "Account_Plan__c", "Zone__c"]).of_custom("Meeting__c") == alone
