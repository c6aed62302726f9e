"""The only code that talks to Salesforce."""
