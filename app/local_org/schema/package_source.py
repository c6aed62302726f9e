"""A package's folder: what its sfdx-project.json says, which files it holds, and how its names get their namespace."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.local_org.schema.metadata_xml import MetadataError

_PROJECT_KEYS = {"name", "namespace", "packageAliases", "packageDirectories", "sfdcLoginUrl", "sourceApiVersion"}
_DIRECTORY_KEYS = {"default", "definitionFile", "package", "path", "versionName", "versionNumber"}
_CUSTOM_NAME = re.compile(r"""("(?:[^"\\]|\\.)*")|\b([A-Za-z]\w*__[cr])\b""")

SUFFIXES = (
    ".object-meta.xml",
    ".field-meta.xml",
    ".validationRule-meta.xml",
    ".sharingRules-meta.xml",
    ".permissionset-meta.xml",
    ".permissionsetgroup-meta.xml",
    ".eca-meta.xml",
    ".ecaOauth-meta.xml",
)
"""The kinds of file that a package may hold (Metadata API file suffixes)."""


@dataclass(frozen=True, slots=True)
class PackageSource:
    """One SFDX project: `root` holds sfdx-project.json, `files` are its metadata files in a stable order."""

    root: Path
    name: str
    namespace: str | None
    major: int
    minor: int
    files: tuple[Path, ...]

    def of_kind(self, suffix: str) -> Iterator[Path]:
        return (path for path in self.files if path.name.endswith(suffix))

    def qualify(self, name: str) -> str:
        """The name as it stands in an org: a custom name without a namespace gets the package's."""
        if self.namespace is None or not name.endswith(("__c", "__r")) or name.count("__") > 1:
            return name
        return f"{self.namespace}__{name}"

    def qualify_formula(self, formula: str) -> str:
        """The formula with its custom names qualified; text literals stay as they are."""
        return _CUSTOM_NAME.sub(lambda found: found[1] or self.qualify(found[2]), formula)


def full_name(path: Path, suffix: str) -> str:
    """The name that a file's name declares: `Start__c.field-meta.xml` is `Start__c`."""
    return path.name.removesuffix(suffix)


def read_package(root: Path) -> PackageSource:
    """Reads sfdx-project.json and lists the metadata files; MetadataError for a key or a file that is not known."""
    project_file = root / "sfdx-project.json"
    project = _object(project_file, json.loads(project_file.read_text(encoding="utf-8")), _PROJECT_KEYS)
    directories: list[Any] = project["packageDirectories"]
    if len(directories) != 1:
        raise MetadataError(project_file, "packageDirectories", "must list exactly one directory")
    directory = _object(project_file, directories[0], _DIRECTORY_KEYS)
    major, minor, _patch, _build = str(directory["versionNumber"]).split(".")
    return PackageSource(
        root=root,
        name=str(directory["package"]),
        namespace=str(project["namespace"]) or None,
        major=int(major),
        minor=int(minor),
        files=tuple(_metadata_files(root / str(directory["path"]))),
    )


def _object(path: Path, value: Any, keys: set[str]) -> dict[str, Any]:
    unknown = sorted(set(value) - keys)
    if unknown:
        raise MetadataError(path, unknown[0], "is not a key that the compiler knows")
    return value


def _metadata_files(directory: Path) -> Iterator[Path]:
    for path in sorted(directory.rglob("*")):
        if path.is_dir():
            continue
        if not path.name.endswith(SUFFIXES):
            raise MetadataError(path, path.name, "is not a kind of metadata that the compiler knows")
        yield path
