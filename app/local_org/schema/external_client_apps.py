"""External Client Apps from their metadata files: checked strictly, though the schema holds nothing of them.

The local org's own sign-in decides what an installed app means; that the package is installed is what the schema says.
"""

from __future__ import annotations

from app.local_org.schema.metadata_xml import read
from app.local_org.schema.package_source import PackageSource, full_name


def check_external_client_apps(package: PackageSource) -> None:
    """MetadataError for an element that is not known, or settings that belong to no app of the package."""
    apps: set[str] = set()
    for path in package.of_kind(".eca-meta.xml"):
        node = read(path, "ExternalClientApplication")
        for element in ("contactEmail", "label"):
            node.take_text(element)
        for element in ("description", "orgScopedExternalApp"):
            node.take_optional_text(element)
        node.take_choice("distributionState", "Local", "Packaged")
        node.take_flag("isProtected")
        node.done()
        apps.add(full_name(path, ".eca-meta.xml"))
    for path in package.of_kind(".ecaOauth-meta.xml"):
        node = read(path, "ExtlClntAppOauthSettings")
        node.take_text("commaSeparatedOauthScopes")
        app = node.take_text("externalClientApplication")
        node.take_flag("isFirstPartyAppEnabled")
        node.take_text("label")
        node.take_optional_text("oauthLink")
        node.done()
        if app not in apps:
            raise node.error(f"belongs to {app}, which is not an app of the package")
