"""A local org's file behind its HTTP server, on a core of its own. Arguments: the file and the port.

Prints the access token of each caller, `handle token` a line, and serves until it is terminated.
"""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn

from app.cli.local_org import PACKAGES
from app.demo import environment
from app.local_org.app import UVICORN_OPTIONS, LocalOrgControls, create_app
from app.local_org.oauth.external_client_app import ExternalClientApp
from app.local_org.org import LocalOrg
from app.local_org.schema.compile import compile_schema
from scripts.benchmarks.org_statements import NOW, Known


def main(path: Path, port: int) -> None:
    org = LocalOrg(path, compile_schema(PACKAGES), lambda: NOW)
    client = ExternalClientApp.from_package(
        PACKAGES / "leandata-eca",
        consumer_key=environment.CONSUMER_KEY,
        consumer_secret=environment.CONSUMER_SECRET.get_secret_value(),
        callback_urls=environment.callbacks("http://127.0.0.1:1"),
    )
    password = environment.PASSWORD.get_secret_value()
    app = create_app(org, external_client_app=client, demo_password=password, clock=lambda: NOW)
    controls: LocalOrgControls = app.state.controls
    for handle, user_id in Known.of(org).people.items():
        print(handle, controls.tokens.grant(client, user_id, "api").access_token, flush=True)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", **UVICORN_OPTIONS)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
