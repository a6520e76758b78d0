"""Language tags of other tools as ours."""

from __future__ import annotations

import re
from collections.abc import Iterable

from survey_app.questionnaires.parsing import LANGUAGE, MOST_LANGUAGES

_SPECIAL = {
    "zh-s": "zh-Hans",
    "zh-t": "zh-Hant",
    "zh-cn": "zh-CN",
    "sr-cyr": "sr-Cyrl",
    "ms-ms": "ms",
    "pb": "pt-BR",
    "iw": "he",
    "eo-eo": "eo",
}
_PARTS = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:[-_].*)?")


def language_tag(name: object) -> str | None:
    """Return the tag of a language as another tool writes it (`PT-BR`, `de-informal`), or None where it is none."""
    text = str(name).strip()
    if text.lower() in _SPECIAL:
        return _SPECIAL[text.lower()]
    found = _PARTS.fullmatch(text[:60])
    if not found:
        return None
    script, region = found[2], found[3]
    parts = [found[1].lower(), script.title() if script else "", region.upper() if region else ""]
    tag = "-".join(each for each in parts if each)
    return tag if LANGUAGE.fullmatch(tag) else None


def language_tags(names: Iterable[object]) -> dict[str, str]:
    """Return our tag for every foreign one that gets its own, at most as many as a questionnaire has.

    The first is the survey's own language, which always gets one: its texts are the survey.
    """
    found: dict[str, str] = {}
    every = list(dict.fromkeys(map(str, names)))
    for name in every:
        tag = language_tag(name)
        if tag and tag not in found.values() and len(found) < MOST_LANGUAGES:
            found[name] = tag
    if every and every[0] not in found:
        own = "en" if "en" not in found.values() else "und"
        found = {every[0]: own, **dict(list(found.items())[: MOST_LANGUAGES - 1])}
    return found
