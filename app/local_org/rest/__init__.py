"""The REST API v66.0 of the local org: one file per resource, over the engine's facade."""
