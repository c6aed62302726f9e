"""`/packaging/installPackage.apexp`: an admin installs the External Client App in this org."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.local_org.oauth.logins import COOKIE, Login
from app.local_org.oauth.services import OAuthServices, form_values, in_thread, page, same, unsupported

PATH = "/packaging/installPackage.apexp"


@dataclass(frozen=True, slots=True)
class InstallPage:
    """The page over the services. It asks for a login first, and for the right to install packages."""

    services: OAuthServices

    async def show(self, request: Request) -> Response:
        version = request.query_params.get("p0", "")
        login = await in_thread(self._admin, request.cookies.get(COOKIE), version)
        return login if isinstance(login, Response) else self._form(login, version, None)

    async def submit(self, request: Request) -> Response:
        values = await form_values(request)
        version = values.get("p0", "")
        login = await in_thread(self._admin, request.cookies.get(COOKIE), version)
        if isinstance(login, Response):
            return login
        if not same(login.form_token, values.get("form_token", "")):
            return page("notice.html", status=403, heading="Form expired", text="Open the install link again.")
        if values.get("security") != "AdminsOnly":
            return unsupported("an installation other than for admins only")
        if values.get("acknowledged") != "1":
            return self._form(login, version, "Acknowledge the notice to install this app.")
        self.services.app.change(installed=True)
        return page(
            "notice.html",
            heading="Installation Complete!",
            text=f"{self.services.app.now.label} is installed for admins only.",
        )

    def _admin(self, cookie: str | None, version: str) -> Login | Response:
        """The login of somebody who may install, or the page that stands in the way."""
        if not version.startswith("04t"):
            return page(
                "notice.html", status=404, heading="Package not found", text="The link names no package version."
            )
        login = self.services.logins.find(cookie)
        if login is None:
            start_url = f"{PATH}?{urlencode({'p0': version})}"
            return RedirectResponse(f"/login?{urlencode({'startURL': start_url})}", 302)
        if not self.services.directory.may_install(login.user_id):
            return page(
                "notice.html",
                status=403,
                heading="Insufficient Privileges",
                text="You do not have the level of access necessary to perform the operation you requested.",
            )
        return login

    def _form(self, login: Login, version: str, message: str | None) -> Response:
        return page(
            "install.html",
            app_label=self.services.app.now.label,
            package_version=version,
            form_token=login.form_token,
            message=message,
        )

    def routes(self) -> list[Route]:
        return [
            Route(PATH, self.show, methods=["GET"]),
            Route(PATH, self.submit, methods=["POST"]),
        ]
