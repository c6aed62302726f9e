"""The standard objects of the local org, by theme. Fields as in the Object Reference; what is not listed is absent.

A query of an absent field or object is refused as a real org refuses one that does not exist, so nothing is pretended.
"""

from __future__ import annotations

from app.local_org.schema.catalogue.activities import ACTIVITIES
from app.local_org.schema.catalogue.company import COMPANY
from app.local_org.schema.catalogue.customers import CUSTOMERS
from app.local_org.schema.catalogue.people import PEOPLE
from app.local_org.schema.catalogue.permissions import PERMISSIONS
from app.local_org.schema.model import SObject

STANDARD_OBJECTS: tuple[SObject, ...] = (*PEOPLE, *PERMISSIONS, *COMPANY, *CUSTOMERS, *ACTIVITIES)
