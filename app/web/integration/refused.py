"""The page for a refusal, with the way back to the integration page."""

from __future__ import annotations

from starlette.responses import Response

from app.signin.refusals import AGAIN, AGAIN_ON_PAGE, RefusalKind, SignInRefused
from app.web.integration.deps import PageDeps
from app.web.integration.paths import PAGE_PATH
from app.web.refusal_page import show_refusal


def refusal_page(deps: PageDeps, refused: SignInRefused) -> Response:
    """What to do about it stands on it. A session that ended is forgotten by the browser, too."""
    refusal = refused.refusal
    response = show_refusal(
        deps.pages,
        deps.settings,
        refusal,
        place="page",
        details=refused.details,
        steps=[AGAIN_ON_PAGE if step == AGAIN else step for step in refusal.steps],
        return_url=PAGE_PATH,
        return_to="the integration page",
    )
    if refusal.kind is RefusalKind.NOT_ADMIN:
        deps.cookie.clear(response)
    return response
