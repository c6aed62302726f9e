"""Which texts are e-mail addresses that a mail or a calendar can safely be addressed to."""

import re
from typing import Final

LONGEST: Final = 254
"""Characters of an address that SMTP can carry (RFC 5321, section 4.5.3.1.3, without the brackets)."""

LONGEST_LOCAL_PART: Final = 64

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_ATOM = r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
"""A dot-atom of RFC 5322 at a host name. Our own choice: no quoted local parts, comments or letters beyond ASCII, which
are legal, next to unknown, and where injections hide."""


def usable_address(text: str | None) -> str | None:
    """The address without the white space around it. None where nothing can be sent to it."""
    if text is None:
        return None
    address = text.strip(" ")
    if len(address) > LONGEST or address.find("@") > LONGEST_LOCAL_PART or _ADDRESS.fullmatch(address) is None:
        return None
    return address
