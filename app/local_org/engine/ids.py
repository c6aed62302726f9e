"""Record ids: three characters of key prefix, a pod, a number in base 62, and a checksum of three characters.

Source: Salesforce Help, "What are the differences between 15 and 18 digit record IDs". An id is case-sensitive in its
15 characters; the last three of the 18 say which of them are capitals.
"""

import re
from functools import lru_cache

_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PAIRS = [one + other for one in _DIGITS for other in _DIGITS]
_FORM = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")
_POD = "xx0"
"""The pod and the reserved character, as documentation writes them; no real org has it."""


def checksum(short: str) -> str:
    """The three characters that make an 18-character id of a 15-character one."""
    return _letter(short[:5]) + _letter(short[5:10]) + _letter(short[10:15])


@lru_cache(maxsize=8192)
def _letter(chunk: str) -> str:
    return _SUFFIX[sum(1 << bit for bit, character in enumerate(chunk) if "A" <= character <= "Z")]


@lru_cache(maxsize=65536)
def long_id(text: str) -> str | None:
    """The 18-character form of a 15- or 18-character id; None if the text is no id.

    An 18-character id may come with its capitals lost: the suffix restores them, as Salesforce does.
    """
    if not _FORM.fullmatch(text):
        return None
    if len(text) == 15:
        return text + checksum(text)
    if text[15:] == checksum(text[:15]):
        return text
    return _restored(text)


def _restored(text: str) -> str | None:
    suffix = text[15:].upper()
    if any(character not in _SUFFIX for character in suffix):
        return None
    letters: list[str] = []
    for index, character in enumerate(text[:15]):
        capital = _SUFFIX.index(suffix[index // 5]) >> (index % 5) & 1
        if capital and not character.isalpha():
            return None
        letters.append(character.upper() if capital else character.lower())
    return "".join(letters) + suffix


def minted(key_prefix: str, number: int) -> str:
    """The 18-character id of the number-th record of an object; ids sort as their numbers do."""
    digits: list[str] = []
    rest = number
    for _ in range(9):
        rest, digit = divmod(rest, 62)
        digits.append(_DIGITS[digit])
    short = key_prefix + _POD + "".join(reversed(digits))
    return short + checksum(short)


def minted_run(key_prefix: str, first: int, count: int) -> list[str]:
    """The ids of `count` records from the number `first` on."""
    last_digits, last = 62**5, first + count
    made: list[str] = []
    while first < last:
        # The first two thirds of the ids are the same until the last five digits overflow.
        head = minted(key_prefix, first)
        end = min(last, (first // last_digits + 1) * last_digits)
        front, sums = head[:10], head[15:17]
        for number in range(first % last_digits, (end - 1) % last_digits + 1):
            upper, lower = divmod(number, 62**2)
            top, middle = divmod(upper, 62**2)
            tail = _DIGITS[top] + _PAIRS[middle] + _PAIRS[lower]
            made.append(f"{front}{tail}{sums}{_letter(tail)}")
        first = end
    return made


def number_of(record_id: str) -> int:
    """The number that an id was minted from; 0 for an id of another pod."""
    if record_id[3:6] != _POD:
        return 0
    number = 0
    for character in record_id[6:15]:
        number = number * 62 + _DIGITS.index(character)
    return number
