"""A Qualtrics file as blocks, questions, flow and quotas, read without trusting its shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from survey_app.questionnaires.findings import Finding, QuestionnaireError

LARGEST_FILE = 5_000_000
DEEPEST = 60
Data = dict[str, Any]


@dataclass(slots=True)
class Block:
    """One block: its questions and page breaks in their order."""

    id: str
    name: str
    elements: list[Data]
    options: Data


@dataclass(slots=True)
class Survey:
    """What a file holds, by kind."""

    entry: Data
    blocks: dict[str, Block] = field(default_factory=dict)
    unused: set[str] = field(default_factory=set)
    questions: dict[str, Data] = field(default_factory=dict)
    flow: list[Any] | None = None
    options: Data = field(default_factory=dict)
    quotas: list[Data] = field(default_factory=list)
    scoring: Data = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    # Questions and blocks whose id another one has, too.
    repeated: list[str] = field(default_factory=list)
    n_quota_groups: int = 0


def read_survey(data: bytes) -> Survey:
    """Return what a file holds; raise QuestionnaireError where it is no Qualtrics survey."""
    whole = _loaded(data)
    elements = whole.get("SurveyElements") if isinstance(whole, dict) else None
    if not isinstance(whole, dict) or not isinstance(elements, list | dict):
        raise _refused(_("This file is none of Qualtrics' surveys: it has no SurveyElements."))
    survey = Survey(mapping(whole.get("SurveyEntry")))
    for element in sequence(elements):
        _take(survey, mapping(element))
    if not survey.blocks:
        _put_into_one_block(survey)
    return survey


def _put_into_one_block(survey: Survey) -> None:
    """Put the questions of a file without blocks into one, in the order of the file."""
    ids = [qid for qid in survey.questions if qid not in survey.unused]
    survey.blocks["BL"] = Block("BL", "Block", [{"Type": "Question", "QuestionID": qid} for qid in ids], {})
    survey.flow = None


def _loaded(data: bytes) -> Any:
    if len(data) > LARGEST_FILE:
        raise _refused(_("This file is larger than %(most)s MB.", most=LARGEST_FILE // 1_000_000))
    try:
        found = json.loads(data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _refused(_("This file is not written in UTF-8. Save it as UTF-8 and try again.")) from error
    except json.JSONDecodeError as error:
        message = _(
            "This is no whole JSON file: look at line %(line)s, column %(column)s.",
            line=error.lineno,
            column=error.colno,
        )
        raise _refused(message) from error
    # Nesting without end, numbers without end.
    except (RecursionError, ValueError) as error:
        raise _refused(_("This file is nested too deeply or holds a number without end.")) from error
    if not _is_flat(found):
        raise _refused(_("This file is nested too deeply."))
    return found


def _is_flat(found: Any) -> bool:
    """Return whether the nesting stays within bounds, so that every walk through it does, too."""
    level = [found]
    for _depth in range(DEEPEST):
        level = [child for each in level if isinstance(each, dict | list) for child in sequence(each)]
        if not level:
            return True
    return False


def _refused(message: str) -> QuestionnaireError:
    return QuestionnaireError([Finding("", message)])


def _take(survey: Survey, element: Data) -> None:
    kind, payload = text(element.get("Element")) or "?", element.get("Payload")
    survey.kinds[kind] = survey.kinds.get(kind, 0) + 1
    if kind == "BL":
        _take_blocks(survey, payload)
    elif kind == "SQ":
        _take_question(survey, element, mapping(payload))
    elif kind == "FL":
        survey.flow = sequence(mapping(payload).get("Flow"))
    elif kind == "QO":
        survey.quotas.append({"ID": element.get("PrimaryAttribute"), **mapping(payload)})
    else:
        _take_settings(survey, kind, mapping(payload))


def _take_settings(survey: Survey, kind: str, payload: Data) -> None:
    if kind == "SO":
        survey.options = payload
    elif kind == "SCO":
        survey.scoring = payload
    survey.n_quota_groups += kind == "QG"


def _take_blocks(survey: Survey, payload: Any) -> None:
    """Take in blocks: a list, or a mapping by number, or one block alone."""
    is_one = isinstance(payload, dict) and "BlockElements" in payload
    for each in [payload] if is_one else sequence(payload):
        block = mapping(each)
        elements = [mapping(part) for part in sequence(block.get("BlockElements"))]
        id_ = text(block.get("ID")) or f"BL_{len(survey.blocks)}"
        if block.get("Type") == "Trash":
            survey.unused |= {text(part.get("QuestionID")) for part in elements if part.get("Type") == "Question"}
        elif id_ in survey.blocks:
            survey.repeated.append(id_)
        elif block:
            survey.blocks[id_] = Block(
                id_, text(block.get("Description")) or id_, elements, mapping(block.get("Options"))
            )


def _take_question(survey: Survey, element: Data, payload: Data) -> None:
    qid = text(payload.get("QuestionID")) or text(element.get("PrimaryAttribute"))
    if not qid or qid in survey.questions:
        survey.repeated.append(qid or "?")
    else:
        survey.questions[qid] = payload


def mapping(value: Any) -> Data:
    """Return a mapping with texts as keys; Qualtrics writes an empty one as a list, and numbered ones as lists, too."""
    if isinstance(value, dict):
        return value
    return {str(number): each for number, each in enumerate(value)} if isinstance(value, list) else {}


def sequence(value: Any) -> list[Any]:
    """Return the members of a list, or the values of a mapping in their order."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """Return a text or number as text, anything else as nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)[:200_000] if isinstance(value, str) else str(value)[:40]


def is_on(value: Any) -> bool:
    """Return whether a switch is on, however it is written."""
    return value is True or (isinstance(value, str) and value.lower() in {"true", "on", "yes", "1"})


def ordered(things: Any, order: Any) -> Iterator[tuple[str, Data]]:
    """Yield choices or answers by their ids in the order that the question sets; those it forgets come last."""
    found = mapping(things)
    ids = [each for each in dict.fromkeys(text(each) for each in sequence(order)) if each in found]
    first = set(ids)
    for id_ in (*ids, *(each for each in found if each not in first)):
        member = found[id_]
        yield str(id_), member if isinstance(member, dict) else {"Display": text(member)}
