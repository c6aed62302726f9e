"""Counts of pools: where members stand, how it came about, and why a host was chosen."""
