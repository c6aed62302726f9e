"""SOQL refusals as Salesforce words them: a caret under the place, then the reason.

Source: texts captured from real orgs (salesforce notes, section 4).
"""

from __future__ import annotations

from app.local_org.errors import ApiError
from soql.ast import NOWHERE, Position
from soql.errors import caret_block

_CUSTOM_OBJECT = (
    "If you are attempting to use a custom object, be sure to append the '__c' after the entity name. "
    "Please reference your WSDL or the describe call for the appropriate names."
)
_CUSTOM_FIELD = (
    "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. "
    "Please reference your WSDL or the describe call for the appropriate names."
)
_CUSTOM_RELATIONSHIP = (
    "If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship "
    "name. Please reference your WSDL or the describe call for the appropriate names."
)


def refusal(text: str, position: Position, code: str, message: str) -> ApiError:
    """A 400 whose message shows the row of the statement, a caret under the column, and the reason."""
    if position == NOWHERE:
        return ApiError(400, code, message)
    return ApiError(400, code, caret_block(text, position) + message)


def no_such_object(name: str) -> str:
    return f"sObject type '{name}' is not supported. {_CUSTOM_OBJECT}"


def no_such_column(name: str, entity: str) -> str:
    return f"No such column '{name}' on entity '{entity}'. {_CUSTOM_FIELD}"


def no_such_parent(name: str) -> str:
    return f"Didn't understand relationship '{name}' in field path. {_CUSTOM_RELATIONSHIP}"


def no_such_child(name: str) -> str:
    return f"Didn't understand relationship '{name}' in FROM part of query call. {_CUSTOM_RELATIONSHIP}"
