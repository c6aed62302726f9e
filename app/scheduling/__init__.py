"""The engine, pure: no I/O, no clock, no Salesforce names."""
