"""How the columns of a file become answers: the mapping, read from YAML (docs/response-mapping.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from analysis.values import MissingReason

FORMAT = "survey_app/response-mapping"
KINDS = ("item", "weight", "date", "language", "customer_key", "row")
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
CONSTANTS = ("campaign", "wave", "wave_order", "date", "language")
# As long as the columns that keep them.
LONGEST = {"campaign": 200, "wave": 80}
HIGHEST_ORDER = 2**31
LONGEST_QUOTED = 60


class MappingError(ValueError):
    """The mapping cannot be used; `findings` says where and why, a sentence each."""

    def __init__(self, findings: list[str]) -> None:
        """Keep the findings and join them for people who print the error."""
        super().__init__(" ".join(findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Column:
    """What one column of the file means.

    `kind` is one of KINDS; `target` the measure code, the date pattern or the source of customer keys;
    `values` turns what stands in the file into codes; `missing` gives the reason behind every code that
    is no answer.
    """

    name: str
    kind: str
    target: str = ""
    values: dict[str, str] = field(default_factory=dict)
    missing: dict[str, MissingReason] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResponseMapping:
    """A whole file's meaning: its columns, and the constants for what no column holds."""

    columns: tuple[Column, ...]
    campaign: str
    wave: str
    wave_order: int
    date: date | None
    language: str
    encoding: str = "utf-8"

    def column_of(self, kind: str) -> Column | None:
        """Return the column of this kind, for the kinds of which there is one at most."""
        return next((column for column in self.columns if column.kind == kind), None)

    @property
    def items(self) -> tuple[Column, ...]:
        """Return the columns that hold answers."""
        return tuple(column for column in self.columns if column.kind == "item")


def parse_mapping(data: Any) -> ResponseMapping:
    """Return the mapping that this YAML document describes; raise MappingError with every finding."""
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise MappingError([f"The mapping must be a YAML document with `format: {FORMAT}`."])
    findings: list[str] = []
    sets = _missing_sets(data.get("missing_sets") or {}, findings)
    columns = _columns(data.get("columns"), sets, findings)
    constants = _constants(data.get("constants"), findings)
    _check_once(columns, findings)
    if constants.get("date") is None and not any(column.kind == "date" for column in columns):
        findings.append("No date: give a column `date: PATTERN` or a constant `date: 2017-05-01`.")
    if findings:
        raise MappingError(findings)
    return ResponseMapping(
        columns=columns,
        campaign=str(constants["campaign"]),
        wave=str(constants.get("wave", "")),
        wave_order=int(constants.get("wave_order", 0)),
        date=constants.get("date"),
        language=str(constants.get("language", "en")),
        encoding=str(data.get("encoding", "utf-8")),
    )


def _missing_sets(data: Any, findings: list[str]) -> dict[str, dict[str, MissingReason]]:
    if not isinstance(data, Mapping):
        findings.append("`missing_sets` must map names to codes with reasons.")
        return {}
    return {str(name): _reasons(codes, f"missing_sets.{name}", findings) for name, codes in data.items()}


def _reasons(codes: Any, where: str, findings: list[str]) -> dict[str, MissingReason]:
    if not isinstance(codes, Mapping):
        findings.append(f"{where}: write codes with reasons, such as {{'6': not_applicable}}.")
        return {}
    reasons: dict[str, MissingReason] = {}
    for code, reason in codes.items():
        if not isinstance(reason, str) or reason not in set(MissingReason):
            findings.append(f"{where}: {_shown(reason)} is no reason; known are {', '.join(MissingReason)}.")
            continue
        reasons[str(code)] = MissingReason(reason)
    return reasons


def _columns(data: Any, sets: dict[str, dict[str, MissingReason]], findings: list[str]) -> tuple[Column, ...]:
    if not isinstance(data, Mapping) or not data:
        findings.append("`columns` must say what the file's columns mean.")
        return ()
    columns = (_column(str(name), entry, sets, findings) for name, entry in data.items())
    return tuple(column for column in columns if column is not None)


def _column(name: str, entry: Any, sets: dict[str, dict[str, MissingReason]], findings: list[str]) -> Column | None:
    kinds = [kind for kind in KINDS if isinstance(entry, Mapping) and kind in entry]
    if len(kinds) != 1:
        findings.append(f"Column {name}: say exactly one of {', '.join(KINDS)}.")
        return None
    unknown = set(entry) - {kinds[0], "missing", "values"}
    if unknown:
        findings.append(f"Column {name}: {', '.join(sorted(map(str, unknown)))} is not known here.")
    kind = kinds[0]
    values = entry[kind] if kind == "language" else entry.get("values") or {}
    if not isinstance(values, Mapping):
        findings.append(f"Column {name}: values must map what stands in the file to codes.")
        return None
    codes = {str(key): str(value) for key, value in values.items()}
    if kind == "language":
        findings += [f"Column {name}: {tag!r} is no language tag." for tag in codes.values() if not is_language(tag)]
    target = "" if kind in {"language", "weight", "row"} else str(entry[kind])
    return Column(name, kind, target, codes, _missing_of(name, entry.get("missing"), sets, findings))


def _missing_of(
    name: str, entry: Any, sets: dict[str, dict[str, MissingReason]], findings: list[str]
) -> dict[str, MissingReason]:
    # An empty cell is a skipped question unless the mapping knows better.
    blank = {"": MissingReason.SKIPPED}
    if entry is None:
        return blank
    if isinstance(entry, str):
        if entry not in sets:
            findings.append(f"Column {name}: there is no missing set named {entry}.")
        return blank | sets.get(entry, {})
    return blank | _reasons(entry, f"Column {name}", findings)


def _constants(data: Any, findings: list[str]) -> dict[str, Any]:
    if not isinstance(data, Mapping) or not data.get("campaign"):
        findings.append("`constants` must name at least the `campaign` that these answers belong to.")
        return {}
    unknown = set(data) - set(CONSTANTS)
    if unknown:
        findings.append(f"constants: {', '.join(sorted(map(str, unknown)))} is not known here.")
    if data.get("date") is not None and type(data["date"]) is not date:
        findings.append("constants: `date` must be written as 2017-05-01.")
    order = data.get("wave_order", 0)
    if not isinstance(order, int) or abs(order) >= HIGHEST_ORDER:
        findings.append("constants: `wave_order` must be a whole number.")
    findings += [
        f"constants: `{name}` has more than {most} characters. Shorten it."
        for name, most in LONGEST.items()
        if len(str(data.get(name, ""))) > most
    ]
    if not is_language(str(data.get("language", "en"))):
        findings.append("constants: `language` must be a language tag such as en or zh-Hant.")
    return dict(data)


def _check_once(columns: tuple[Column, ...], findings: list[str]) -> None:
    for kind in KINDS:
        same = [column for column in columns if column.kind == kind]
        if kind != "item" and len(same) > 1:
            findings.append(f"Two columns are the {kind}: {', '.join(column.name for column in same)}.")
    targets = [column.target for column in columns if column.kind == "item"]
    findings += [f"Two columns hold the item {code}." for code in sorted(set(targets)) if targets.count(code) > 1]


def _shown(value: object) -> str:
    """Return a wrong value briefly enough to quote it."""
    return repr(value)[:LONGEST_QUOTED]


def is_language(tag: str) -> bool:
    """Return whether a text has the shape of a BCP 47 language tag."""
    return len(tag) <= 35 and LANGUAGE_TAG.fullmatch(tag) is not None  # noqa: PLR2004 - the longest tag the columns hold
