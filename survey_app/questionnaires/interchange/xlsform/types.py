"""The types of an XLSForm's rows, in all their spellings."""

from __future__ import annotations

import re
from dataclasses import dataclass

GROUP, REPEAT, END = "group", "repeat", "end of group"
_SELECT = re.compile(
    r"(?:add )?(?P<verb>select(?:[ _]|_)?(?:one|1|multiple|all that apply)|rank)"
    r"(?P<from>[ _]from[ _]file|[ _]external)?(?:[ _]from)? (?P<list>\S+)"
    r"(?P<other>(?: or specify other| or[ _]other)?)",
    re.IGNORECASE,
)
_BEGIN = re.compile(
    r"begin[ _]?(?:looped[ _])?(?P<what>group|repeat|loop|lgroup)(?: over (?P<list>\S+))?", re.IGNORECASE
)
_END = re.compile(r"end[ _]?(?:looped[ _])?(?P<what>group|repeat|loop|lgroup)", re.IGNORECASE)
METADATA = frozenset(
    {
        "start",
        "end",
        "today",
        "deviceid",
        "device id",
        "subscriberid",
        "simserial",
        "phonenumber",
        "username",
        "email",
        "audit",
        "start-geopoint",
        "background-audio",
        "get start time",
        "get end time",
        "get today",
        "get device id",
        "get phone number",
    }
)
# Metadata that every response has here anyway.
RECORDED = frozenset({"start", "end", "today", "get start time", "get end time", "get today"})


@dataclass(frozen=True, slots=True)
class RowType:
    """What a row is: its native name as a report shows it, its plain name, and its list of choices."""

    native: str
    name: str
    choices: str = ""
    has_other: bool = False
    is_elsewhere: bool = False


def row_type(cell: str) -> RowType:
    """Return the type that a cell says."""
    words = " ".join(cell.split())[:200]
    lowered = words.lower()
    begin, end, select = _BEGIN.fullmatch(words), _END.fullmatch(lowered), _SELECT.fullmatch(words)
    if begin:
        is_repeat = begin["what"].lower() in {"repeat", "loop"}
        return RowType(lowered, REPEAT if is_repeat else GROUP, begin["list"] or "")
    if end:
        return RowType(lowered, END)
    if select:
        return _select(select)
    return RowType(lowered, _NAMES.get(lowered, lowered))


def _select(found: re.Match[str]) -> RowType:
    verb = found["verb"].lower().replace(" ", "_")
    name = "rank" if verb == "rank" else "select_one" if verb.endswith(("one", "1")) else "select_multiple"
    return RowType(verb, name, found["list"], bool(found["other"]), bool(found["from"]))


_NAMES = {
    "string": "text",
    "note": "note",
    "int": "integer",
    "date time": "datetime",
    "datetime": "datetime",
    "photo": "image",
    "acknowledge": "acknowledge",
    "trigger": "acknowledge",
    "phone number": "phone",
    "add text prompt": "text",
    "add note prompt": "note",
    "add integer prompt": "integer",
    "add decimal prompt": "decimal",
    "add date prompt": "date",
}
