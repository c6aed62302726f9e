"""Behaviours of a Salesforce org as checks over HTTP: the same ones for a real org and for the local org.

A check knows nothing of the local org's code. `scripts/check_org` runs them against any org and prints what differs;
tests/fidelity runs them against the local org; docs/FIDELITY.md is rendered from them.
"""
