"""How the edge says no: JSON in the form of an OAuth error, and nothing of what was sent."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response


def refused(status: int, error: str, description: str, **headers: str) -> Response:
    """`{"error", "error_description"}`. Scripts of any site may read it, as they may read what it stands for."""
    body = {"error": error, "error_description": description}
    return JSONResponse(body, status, {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*", **headers})
