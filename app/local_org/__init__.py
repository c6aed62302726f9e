"""A Salesforce org emulator over real HTTP."""
