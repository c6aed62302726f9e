"""The org's schema, compiled from salesforce_package/ and a built-in catalogue."""
