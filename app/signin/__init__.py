"""Salesforce login, grants and the scope derived from permission sets."""
