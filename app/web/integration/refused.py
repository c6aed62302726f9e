"""The page for a refusal, with the way back to the integration page."""

from __future__ import annotations

from starlette.responses import Response

from app import metrics
from app.signin.refusals import AGAIN, AGAIN_ON_PAGE, RefusalKind, SignInRefused
from app.web.integration.deps import PageDeps
from app.web.integration.paths import PAGE_PATH


def refusal_page(deps: PageDeps, refused: SignInRefused) -> Response:
    """What to do about it stands on it. A session that ended is forgotten by the browser, too."""
    refusal = refused.refusal
    metrics.note_refusal("page", refusal.kind.value)
    response = deps.pages.show(
        "refusal.html",
        status=refusal.status,
        refusal=refusal,
        steps=[AGAIN_ON_PAGE if step == AGAIN else step for step in refusal.steps],
        details=refused.details,
        install_url=deps.settings.package_install_url if refusal.kind is RefusalKind.APP_NOT_INSTALLED else None,
        return_url=PAGE_PATH,
        return_to="the integration page",
    )
    if refusal.kind is RefusalKind.NOT_ADMIN:
        deps.cookie.clear(response)
    return response
