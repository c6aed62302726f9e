from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.org.errors import StatementRefused
from app.org.rows import DECODERS, Column, RecordShape, UnexpectedAnswer
from app.org.schema_map import FieldType, SchemaMap
from app.org.shapes import shape_of, with_aliases
from soql.parser import parse


def read(kind: FieldType, value: Any) -> Any:
    return RecordShape((Column("A__c", "A", DECODERS[kind]),)).row({"A__c": value})["A"]


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (FieldType.STRING, "text", "text"),
        (FieldType.PICKLIST, "No-Show", "No-Show"),
        (FieldType.MULTIPICKLIST, "Forms;Links", "Forms;Links"),
        (FieldType.BOOLEAN, False, False),
        (FieldType.INT, 3.0, 3),
        (FieldType.INT, 3, 3),
        (FieldType.DOUBLE, 3, 3.0),
        (FieldType.DATE, "2026-11-23", date(2026, 11, 23)),
        (FieldType.DATETIME, "2026-11-23T15:30:00.000+0000", datetime(2026, 11, 23, 15, 30, tzinfo=UTC)),
        (FieldType.DATETIME, "2026-11-23T15:30:00.000Z", datetime(2026, 11, 23, 15, 30, tzinfo=UTC)),
        (FieldType.TIME, "15:30:00.000Z", time(15, 30)),
    ],
)
def test_a_value_is_read_by_its_type(kind: FieldType, raw: Any, value: Any) -> None:
    assert read(kind, raw) == value
    assert type(read(kind, raw)) is type(value)


@pytest.mark.parametrize("kind", FieldType)
def test_null_is_none_in_every_type(kind: FieldType) -> None:
    assert read(kind, None) is None


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (FieldType.STRING, 3),
        (FieldType.STRING, {"Name": "x"}),
        (FieldType.BOOLEAN, "true"),
        (FieldType.BOOLEAN, 1),
        (FieldType.INT, 3.5),
        (FieldType.INT, True),
        (FieldType.INT, "3"),
        (FieldType.DOUBLE, "3"),
        (FieldType.DATE, "soon"),
        (FieldType.DATE, 3),
        (FieldType.DATETIME, "2026-11-23T15:30:00"),
        (FieldType.TIME, "later"),
    ],
)
def test_a_value_of_another_type_is_refused_by_the_fields_name(kind: FieldType, raw: Any) -> None:
    with pytest.raises(UnexpectedAnswer) as refused:
        read(kind, raw)
    assert str(refused.value) == "A is not of the type that the schema map says"


@given(st.datetimes(min_value=datetime(1700, 1, 1), max_value=datetime(4000, 1, 1)))  # noqa: DTZ001  given a zone below
def test_every_instant_that_salesforce_can_write_is_read_as_that_instant(moment: datetime) -> None:
    instant = moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
    text = f"{instant:%Y-%m-%dT%H:%M:%S}.{instant.microsecond // 1000:03d}+0000"
    if instant.year >= 1000:
        assert read(FieldType.DATETIME, text) == instant


def test_an_answer_without_a_field_is_refused_by_its_logical_name() -> None:
    with pytest.raises(UnexpectedAnswer, match="lacks A"):
        RecordShape((Column("A__c", "A", DECODERS[FieldType.STRING]),)).row({"B__c": 1})


def test_a_row_is_nested_as_the_statement_reads_it(schema_map: SchemaMap) -> None:
    select = parse("SELECT Id, Member.User_Owner.Name, Member.Owner_Order FROM Count_Entry")
    shape = shape_of(select, schema_map)
    owner = {"LeanData__User_Owner__r": {"Name": "Ada"}, "LeanData__Owner_Order__c": 2.0}
    assert shape.row({"Id": "x", "LeanData__Member__r": owner}) == {
        "Id": "x",
        "Member": {"User_Owner": {"Name": "Ada"}, "Owner_Order": 2},
    }
    assert shape.row({"Id": "x", "LeanData__Member__r": None}) == {"Id": "x", "Member": None}


def test_an_aggregate_is_read_by_its_own_type(schema_map: SchemaMap) -> None:
    select = with_aliases(
        parse(
            "SELECT DAY_ONLY(Start) day, HOUR_IN_DAY(Start) hour, COUNT(Id) n, MIN(Start) soonest,"
            " MAX(Reschedule_Count) most, AVG(Reschedule_Count) mean"
            " FROM Meeting GROUP BY DAY_ONLY(Start), HOUR_IN_DAY(Start)"
        )
    )
    raw = {"day": "2026-11-23", "hour": 15, "n": 4, "soonest": "2026-11-23T15:30:00.000+0000", "most": 3.0, "mean": 1.5}
    assert shape_of(select, schema_map).row(raw) == {
        "day": date(2026, 11, 23),
        "hour": 15,
        "n": 4,
        "soonest": datetime(2026, 11, 23, 15, 30, tzinfo=UTC),
        "most": 3,
        "mean": 1.5,
    }


def test_a_count_alone_has_no_rows(schema_map: SchemaMap) -> None:
    assert shape_of(parse("SELECT COUNT() FROM Meeting"), schema_map).row({}) == {}


@pytest.mark.parametrize(
    "text",
    [
        "SELECT COUNT(Id) FROM Meeting",
        "SELECT Main_Host, Main_Host.Name FROM Meeting",
        "SELECT Id, (SELECT Id, (SELECT Id FROM Activities) FROM Attendees) FROM Meeting",
    ],
)
def test_a_list_that_a_row_could_not_show_is_refused(schema_map: SchemaMap, text: str) -> None:
    with pytest.raises(StatementRefused):
        shape_of(with_aliases(parse(text)), schema_map)
