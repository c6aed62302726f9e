"""The checks, one file an area of the API."""
