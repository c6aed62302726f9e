"""Whom meetings are booked with, as the sales team keeps them: contacts of accounts, and leads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.local_org.demo_data.booking import Prospect
from app.local_org.demo_data.model import DemoData, NewId

ACCOUNTS = {
    "Acme Corp": "Acme Corporation",
    "Brightwater": "Brightwater Utilities Ltd",
    "Globex": "Globex International AG",
    "Initech": "Initech Software Inc",
    "Hooli": "Hooli XYZ Holdings",
    "Wonka": "Wonka Confectionery Group",
    "Wayne": "Wayne Enterprises",
    "Cyberdyne": "Cyberdyne Systems Corporation",
    "Northwind": "Northwind Traders",
    "Contoso": "Contoso Pharmaceuticals",
    "Fabrikam": "Fabrikam Fibre",
}
"""Company as a prospect types it → the account that the team works. Who is of another company is a lead."""


@dataclass(slots=True)
class Customers:
    """Record ids: accounts by company, contacts and leads by e-mail address."""

    accounts: dict[str, str] = field(default_factory=dict[str, str])
    contacts: dict[str, str] = field(default_factory=dict[str, str])
    leads: dict[str, str] = field(default_factory=dict[str, str])


def add_customers(data: DemoData, new_id: NewId, prospects: Iterable[Prospect]) -> Customers:
    """An account for each company of ACCOUNTS, and one contact or lead for each prospect. Needs the users."""
    customers, owner = Customers(), data.people["admin"]
    for company, name in ACCOUNTS.items():
        customers.accounts[company] = data.add("Account", {"Id": new_id("Account"), "Name": name, "OwnerId": owner})
    for prospect in dict.fromkeys(prospects):
        first, _, last = prospect.name.partition(" ")
        person = {"FirstName": first, "LastName": last, "Email": prospect.email, "OwnerId": owner}
        if prospect.company in customers.accounts:
            row = {"Id": new_id("Contact"), "AccountId": customers.accounts[prospect.company], **person}
            customers.contacts[prospect.email] = data.add("Contact", row)
        else:
            row = {"Id": new_id("Lead"), "Company": prospect.company, "LeadSource": "Web", **person}
            customers.leads[prospect.email] = data.add("Lead", row)
    return customers
