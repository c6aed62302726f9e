"""What a form of the page may be posted from: this site, in the browser that was given the form."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from app.signin.refusals import RefusalKind, SignInRefused

MOST_FIELDS = 20


async def posted_fields(request: Request, public_url: str) -> Mapping[str, str]:
    """The form's fields. Raises SignInRefused for a form that another site sent, by what the browser says of it.

    Browsers say so since 2020 (Fetch Metadata Request Headers; Fetch, `Origin` header). Where a browser says nothing,
    the form token decides alone.
    """
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if (origin is not None and origin != public_url) or (site is not None and site != "same-origin"):
        raise SignInRefused(RefusalKind.PAGE_EXPIRED)
    form = await request.form(max_files=0, max_fields=MOST_FIELDS)
    # A NUL is in nothing that a form of ours holds, and PostgreSQL refuses it: such a field counts as left out.
    return {name: value for name, value in form.items() if isinstance(value, str) and "\0" not in value}
