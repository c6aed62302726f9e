"""The page for somebody who cannot sign in: what is wrong, what to do, and the way back to where he came from."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from app import metrics
from app.settings import Settings
from app.signin.refusals import Refusal, RefusalKind
from app.web.pages import Pages


def show_refusal(
    pages: Pages,
    settings: Settings,
    refusal: Refusal,
    *,
    place: str,
    details: Sequence[str],
    steps: Sequence[str],
    return_url: str | None,
    return_to: str,
) -> Response:
    """place: for the metric. return_url: None where there is no way back; return_to: its name, as untrusted text."""
    metrics.note_refusal(place, refusal.kind.value)
    return pages.show(
        "refusal.html",
        status=refusal.status,
        refusal=refusal,
        steps=steps,
        details=details,
        install_url=settings.package_install_url if refusal.kind is RefusalKind.APP_NOT_INSTALLED else None,
        return_url=return_url,
        return_to=return_to,
    )
