"""The first day of the week by locale, which `THIS_WEEK` and its like depend on.

Source: Unicode CLDR, supplemental data, weekData/firstDay. A territory that is not listed starts on Monday.
"""

_SUNDAY = """
AG AS BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN JM JP KE KH KR LA MH MM MO MT MX MZ NI NP PA PE PH PK PR PY
SA SG SV TH TT TW UM US VE VI WS YE ZA ZW
"""
_SATURDAY = "AE AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY"
_BY_LANGUAGE = {"en": "US", "ja": "JP", "ko": "KR", "th": "TH", "he": "IL", "iw": "IL", "hi": "IN", "in": "ID"}
"""The territory of a locale that names none."""


def first_weekday(locale: str) -> int:
    """The weekday (Monday 0 … Sunday 6) that a week starts on for a LocaleSidKey such as `en_US`."""
    parts = locale.split("_")
    territory = next((part for part in parts[1:] if len(part) == 2 and part.isupper()), None)
    territory = territory or _BY_LANGUAGE.get(parts[0].lower(), "")
    if territory in _SUNDAY.split():
        return 6
    return 5 if territory in _SATURDAY.split() else 0
