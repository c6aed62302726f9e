"""Accounts, contacts and leads, with the customer's own prospect field."""

from __future__ import annotations

from app.local_org.schema.catalogue.standard_object import standard_object
from app.local_org.schema.fields import (
    boolean,
    email,
    long_text,
    owner,
    person_name,
    phone,
    picklist,
    reference,
    system_fields,
    text,
    text_name,
    url,
)
from app.local_org.schema.model import Field, FieldType, Sharing

_ID, _IS_DELETED, *_AUDIT = system_fields()

_LOG_ID = Field(
    "LD_BookIt_Log_ID__c",
    "LD BookIt Log ID",
    FieldType.STRING,
    length=255,
    external_id=True,
    custom=True,
    permissionable=True,
)
"""The field that a customer makes on the prospect's record for the BookIt Log Id; its name is public."""

CUSTOMERS = (
    standard_object(
        "Account",
        "Account",
        "Accounts",
        "001",
        _ID,
        _IS_DELETED,
        text_name("Account Name", 255),
        reference("ParentId", "Parent Account ID", "Account", children="ChildAccounts"),
        phone("Phone", "Account Phone"),
        url("Website", "Website"),
        picklist("Industry", "Industry", "Banking", "Education", "Retail", "Technology", "Other", restricted=False),
        owner("User"),
        *_AUDIT,
        sharing=Sharing.READ_WRITE,
    ),
    standard_object(
        "Contact",
        "Contact",
        "Contacts",
        "003",
        _ID,
        _IS_DELETED,
        reference("AccountId", "Account ID", "Account", children="Contacts"),
        text("LastName", "Last Name", 80, required=True),
        text("FirstName", "First Name", 40),
        person_name(),
        phone("Phone", "Business Phone"),
        phone("MobilePhone", "Mobile Phone"),
        email("Email"),
        text("Title", "Title", 128),
        owner("User"),
        *_AUDIT,
        _LOG_ID,
        sharing=Sharing.READ_WRITE,
    ),
    standard_object(
        "Lead",
        "Lead",
        "Leads",
        "00Q",
        _ID,
        _IS_DELETED,
        text("LastName", "Last Name", 80, required=True),
        text("FirstName", "First Name", 40),
        person_name(),
        text("Title", "Title", 128),
        text("Company", "Company", 255, required=True),
        phone("Phone", "Phone"),
        phone("MobilePhone", "Mobile Phone"),
        email("Email"),
        long_text("Description", "Lead Description"),
        picklist("LeadSource", "Lead Source", "Web", "Phone Inquiry", "Partner Referral", "Other", restricted=False),
        picklist(
            "Status",
            "Status",
            "Open - Not Contacted",
            "Working - Contacted",
            "Closed - Converted",
            "Closed - Not Converted",
            default="Open - Not Contacted",
            restricted=False,
        ),
        owner("Group", "User"),
        boolean("IsConverted", "Converted", written=False),
        reference("ConvertedAccountId", "Converted Account ID", "Account", written=False),
        reference("ConvertedContactId", "Converted Contact ID", "Contact", written=False),
        *_AUDIT,
        _LOG_ID,
        sharing=Sharing.READ_WRITE,
    ),
)
