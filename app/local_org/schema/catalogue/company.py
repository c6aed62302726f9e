"""The org itself: its settings, hours, holidays and installed packages' licences."""

from __future__ import annotations

from app.local_org.schema.catalogue.standard_object import standard_object
from app.local_org.schema.fields import (
    boolean,
    date,
    integer,
    moment,
    picklist,
    system_fields,
    text,
    text_name,
    time_of_day,
)

_ID, _IS_DELETED, *_AUDIT = system_fields()
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")

COMPANY = (
    standard_object(
        "Organization",
        "Organization",
        "Organizations",
        "00D",
        _ID,
        text_name(),
        text("PrimaryContact", "Primary Contact", 80),
        picklist("DefaultLocaleSidKey", "Locale", restricted=False),
        picklist("TimeZoneSidKey", "Time Zone", restricted=False),
        picklist("LanguageLocaleKey", "Language", restricted=False),
        integer("FiscalYearStartMonth", "Fiscal Year Starts In", written=False),
        picklist(
            "OrganizationType",
            "Edition",
            *("Developer Edition", "Enterprise Edition", "Professional Edition", "Unlimited Edition"),
            restricted=False,
            written=False,
        ),
        text("NamespacePrefix", "Namespace Prefix", 15, written=False),
        text("InstanceName", "Instance Name", 5, written=False),
        boolean("IsSandbox", "Is Sandbox", written=False),
        moment("TrialExpirationDate", "Trial Expiration Date", written=False),
        *_AUDIT,
        writable=False,
    ),
    standard_object(
        "BusinessHours",
        "Business Hours",
        "Business Hours",
        "01m",
        _ID,
        text_name("Business Hours Name"),
        boolean("IsActive", "Active", default=True),
        boolean("IsDefault", "Default"),
        picklist("TimeZoneSidKey", "Time Zone", restricted=False, required=True),
        *(time_of_day(f"{day}{end}Time", f"{day} {end}") for day in _DAYS for end in ("Start", "End")),
        *_AUDIT,
    ),
    standard_object(
        "Holiday",
        "Holiday",
        "Holidays",
        "0C0",
        _ID,
        text_name("Holiday Name"),
        text("Description", "Description", 1000),
        boolean("IsAllDay", "All Day", default=True),
        date("ActivityDate", "Date"),
        integer("StartTimeInMinutes", "Start Time in Minutes From Midnight"),
        integer("EndTimeInMinutes", "End Time in Minutes From Midnight"),
        boolean("IsRecurrence", "Recurring"),
        *_AUDIT,
    ),
    standard_object(
        "PackageLicense",
        "Package License",
        "Package Licenses",
        "050",
        _ID,
        picklist("Status", "Status", "Active", "Expired", "Free", "Trial", "Uninstalled", written=False),
        boolean("IsProvisioned", "Provisioned", written=False),
        integer("AllowedLicenses", "Allowed Licenses", written=False),
        integer("UsedLicenses", "Used Licenses", written=False),
        moment("ExpirationDate", "Expiration Date", written=False),
        text("NamespacePrefix", "Namespace Prefix", 15, written=False),
        moment("CreatedDate", "Created Date", written=False, nillable=False),
        moment("LastModifiedDate", "Last Modified Date", written=False, nillable=False),
        moment("SystemModstamp", "System Modstamp", written=False, nillable=False),
        writable=False,
    ),
)
