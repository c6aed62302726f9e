"""Strict reading of Salesforce metadata files: what is not asked for is refused, never skipped."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

_NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"


class MetadataError(ValueError):
    """A metadata file says something that the compiler does not know, or lacks something. Names file and element."""

    def __init__(self, path: Path, element: str, problem: str) -> None:
        super().__init__(f"{path}: <{element}>: {problem}")
        self.path = path
        self.element = element


class Node:
    """One element whose children are taken one by one; `done` refuses what was not taken.

    Every `take_*` raises MetadataError when the child is missing (unless a default is given), stands twice, or holds
    something of another form.
    """

    def __init__(self, path: Path, element: ElementTree.Element) -> None:
        self.path = path
        self.name = element.tag.removeprefix(_NAMESPACE)
        if not element.tag.startswith(_NAMESPACE):
            raise MetadataError(path, element.tag, "is not in the metadata namespace")
        if element.attrib:
            raise MetadataError(path, self.name, f"has an unknown attribute: {', '.join(sorted(element.attrib))}")
        self._left = [(child.tag.removeprefix(_NAMESPACE), child) for child in element]
        self._text = element.text or ""
        if self._left and self._text.strip():
            raise MetadataError(path, self.name, f"holds text beside its elements: {self._text.strip()!r}")
        for tag, child in self._left:
            if (child.tail or "").strip():
                raise MetadataError(path, tag, f"is followed by text: {(child.tail or '').strip()!r}")

    def error(self, problem: str) -> MetadataError:
        return MetadataError(self.path, self.name, problem)

    def take_all(self, tag: str) -> list[Node]:
        """Every child of that name, in order; may be none."""
        found = [Node(self.path, child) for name, child in self._left if name == tag]
        self._left = [(name, child) for name, child in self._left if name != tag]
        return found

    def take_optional(self, tag: str) -> Node | None:
        found = self.take_all(tag)
        if len(found) > 1:
            raise MetadataError(self.path, tag, "stands more than once")
        return found[0] if found else None

    def take(self, tag: str) -> Node:
        found = self.take_optional(tag)
        if found is None:
            raise self.error(f"lacks the element <{tag}>")
        return found

    def take_text(self, tag: str, default: str | None = None) -> str:
        found = self.take_optional(tag)
        if found is not None:
            return found.leaf()
        if default is None:
            raise self.error(f"lacks the element <{tag}>")
        return default

    def take_optional_text(self, tag: str) -> str | None:
        found = self.take_optional(tag)
        return None if found is None else found.leaf()

    def take_flag(self, tag: str, default: bool | None = None) -> bool:
        text = self.take_text(tag, None if default is None else str(default).lower())
        if text not in ("true", "false"):
            raise MetadataError(self.path, tag, f"must be true or false, not {text!r}")
        return text == "true"

    def take_number(self, tag: str, default: int | None = None) -> int:
        text = self.take_text(tag, None if default is None else str(default))
        if not text.isdecimal():
            raise MetadataError(self.path, tag, f"must be a whole number, not {text!r}")
        return int(text)

    def take_choice(self, tag: str, *choices: str, default: str | None = None) -> str:
        text = self.take_text(tag, default)
        if text not in choices:
            raise MetadataError(self.path, tag, f"must be one of {', '.join(choices)}, not {text!r}")
        return text

    def leaf(self) -> str:
        """The element's text; it may not hold elements, nor be empty."""
        self.done()
        text = self._text.strip()
        if not text:
            raise self.error("is empty")
        return text

    def text(self) -> str:
        """The element's text, which may be empty; it may not hold elements."""
        self.done()
        return self._text.strip()

    def done(self) -> None:
        if self._left:
            raise MetadataError(
                self.path, self._left[0][0], f"is not an element that the compiler knows in <{self.name}>"
            )


def read(path: Path, root: str) -> Node:
    """The root element of a metadata file; MetadataError if it is not well-formed or not a `root`."""
    try:
        element = ElementTree.parse(path).getroot()  # noqa: S314 - the project's own source, never a caller's text
    except ElementTree.ParseError as error:
        raise MetadataError(path, root, f"is not well-formed XML: {error}") from error
    node = Node(path, element)
    if node.name != root:
        raise MetadataError(path, node.name, f"should be <{root}>")
    return node
