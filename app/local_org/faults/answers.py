"""The answers of faults, in the shape of the endpoint that they stand in for."""

from __future__ import annotations

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Scope

from app.local_org.errors import ApiError
from app.local_org.faults.kinds import Refuse, RequestLimit, Unavailable
from app.local_org.rest.bodies import error_array
from app.local_org.rest.call import Answer
from app.local_org.rest.endpoint import http_response

MAINTENANCE_PAGE = "<html><head><title>Service Unavailable</title></head><body>Down for maintenance.</body></html>"
"""What an edge in front of the API may answer instead of JSON. [BG]"""

UNAVAILABLE_TEXT = "The server is temporarily unable to service the request. Please try again later."
"""[BG]: the code is documented (REST API Developer Guide, Status Codes), its text is not."""


def answer_to(scope: Scope, fault: Unavailable | RequestLimit | Refuse) -> Response:
    """JSON array below /services/data, `{"error", "error_description"}` elsewhere."""
    match fault:
        case Unavailable(html=True):
            return HTMLResponse(MAINTENANCE_PAGE, 503)
        case Unavailable():
            status, code, message, fields = 503, "SERVER_UNAVAILABLE", UNAVAILABLE_TEXT, None
        case RequestLimit():
            status, code, message, fields = 403, "REQUEST_LIMIT_EXCEEDED", f"{fault.limit} Limit exceeded.", None
        case Refuse():
            status, code, message, fields = fault.status, fault.code, fault.message, fault.fields
    if scope["path"].startswith("/services/data"):
        error = ApiError(status, code, message, fields)
        return http_response(scope["method"], Answer(status, error_array(error)), None, pretty=False)
    if isinstance(fault, Unavailable):
        code = "temporarily_unavailable"
    return JSONResponse({"error": code, "error_description": message}, status)
