"""Small LimeSurvey surveys of our own, written as old versions write them and as new ones do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

Texts = dict[str, str]
SID = "4711"


@dataclass
class Made:
    """One question or subquestion in the making."""

    qid: str
    type: str
    code: str
    texts: Texts
    row: dict[str, str] = field(default_factory=dict)
    parts: list[Made] = field(default_factory=list)
    answers: list[tuple[str, Texts, str]] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    helps: Texts = field(default_factory=dict)


def part(qid: str, code: str, words: str, **row: str) -> Made:
    return Made(qid, "T", code, {"en": words, "fr": f"{words} (fr)"}, row)


def asked(qid: str, kind: str, code: str, words: str, **more: Any) -> Made:
    parts, answers, attributes = (more.pop(each, []) for each in ("parts", "answers", "attributes"))
    numbered = [(native, {"en": text, "fr": f"{text} (fr)"}, "0") for native, text in answers]
    row = {key: str(value) for key, value in more.items()}
    return Made(qid, kind, code, {"en": words, "fr": f"{words} (fr)"}, row, parts, numbered, dict(attributes or {}))


def document(
    groups: list[tuple[str, str, list[Made]]], tables: dict[str, list[dict[str, str]]], *, is_old: bool
) -> bytes:
    """Return a file: groups are name, relevance and questions; further tables are given as rows."""
    write = _old if is_old else _new
    found = write(groups)
    found["surveys"] = [{"sid": SID, "language": "en", "additional_languages": "fr", "format": "G", "anonymized": "Y"}]
    found["surveys_languagesettings"] = [
        {
            "surveyls_survey_id": SID,
            "surveyls_language": language,
            "surveyls_title": f"Our shop {language}",
            "surveyls_welcometext": f"<p>Welcome <b>{language}</b></p>",
            "surveyls_endtext": f"Thanks {language}",
            "surveyls_email_invite": "Dear {FIRSTNAME}",
        }
        for language in ("en", "fr")
    ]
    return xml({**found, **tables}, version="164" if is_old else "493")


def xml(tables: dict[str, list[dict[str, str]]], version: str = "493") -> bytes:
    """Return tables as LimeSurvey writes them."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<document>", " <LimeSurveyDocType>Survey</LimeSurveyDocType>"]
    lines += [
        f" <DBVersion>{version}</DBVersion>",
        " <languages><language>en</language><language>fr</language></languages>",
    ]
    for name, rows in tables.items():
        lines.append(f" <{name}><fields/><rows>")
        for row in rows:
            cells = "".join(f"<{key}>{_cell(value)}</{key}>" for key, value in row.items())
            lines.append(f"  <row>{cells}</row>")
        lines.append(f" </rows></{name}>")
    return "\n".join([*lines, "</document>"]).encode()


def _cell(value: str) -> str:
    return f"<![CDATA[{value}]]>" if "]]>" not in value else escape(value)


def _row(made: Made, gid: str, order: int, parent: str = "0") -> dict[str, str]:
    usual = {"relevance": "1", "mandatory": "N", "other": "N", "scale_id": "0", "preg": ""}
    own = {"qid": made.qid, "parent_qid": parent, "sid": SID, "gid": gid, "type": made.type, "title": made.code}
    return {**own, **usual, "question_order": str(order), **made.row}


def _every(groups: list[tuple[str, str, list[Made]]]) -> list[tuple[Made, dict[str, str]]]:
    found = []
    for gid, (_name, _relevance, questions) in enumerate(groups, start=1):
        for order, made in enumerate(questions, start=1):
            found.append((made, _row(made, str(gid), order)))
            found += [(each, _row(each, str(gid), number, made.qid)) for number, each in enumerate(made.parts, start=1)]
    return found


def _attributes(groups: list[tuple[str, str, list[Made]]]) -> list[dict[str, str]]:
    every = [made for _name, _relevance, questions in groups for made in questions]
    return [
        {"qid": made.qid, "attribute": name, "value": value}
        for made in every
        for name, value in made.attributes.items()
    ]


def _old(groups: list[tuple[str, str, list[Made]]]) -> dict[str, list[dict[str, str]]]:
    every = _every(groups)
    texts = [
        {**row, "language": language, "question": made.texts.get(language, ""), "help": made.helps.get(language, "")}
        for made, row in every
        for language in ("en", "fr")
    ]
    return {
        "groups": [
            {
                "gid": str(gid),
                "sid": SID,
                "group_name": f"{name} {language}",
                "group_order": str(gid),
                "language": language,
                "grelevance": relevance,
            }
            for gid, (name, relevance, _questions) in enumerate(groups, start=1)
            for language in ("en", "fr")
        ],
        "questions": [each for each in texts if each["parent_qid"] == "0"],
        "subquestions": [each for each in texts if each["parent_qid"] != "0"],
        "answers": [
            {
                "qid": made.qid,
                "code": code,
                "answer": words[language],
                "sortorder": str(order),
                "language": language,
                "scale_id": scale,
            }
            for made, _row in every
            for order, (code, words, scale) in enumerate(made.answers)
            for language in ("en", "fr")
        ],
        "question_attributes": _attributes(groups),
    }


def _new(groups: list[tuple[str, str, list[Made]]]) -> dict[str, list[dict[str, str]]]:
    every = _every(groups)
    answers = [
        (f"{made.qid}{order}", made, order, answer) for made, _row in every for order, answer in enumerate(made.answers)
    ]
    return {
        "groups": [
            {"gid": str(gid), "sid": SID, "group_order": str(gid), "grelevance": relevance}
            for gid, (_name, relevance, _questions) in enumerate(groups, start=1)
        ],
        "group_l10ns": [
            {"gid": str(gid), "group_name": f"{name} {language}", "language": language}
            for gid, (name, _relevance, _questions) in enumerate(groups, start=1)
            for language in ("en", "fr")
        ],
        "questions": [row for _made, row in every if row["parent_qid"] == "0"],
        "subquestions": [row for _made, row in every if row["parent_qid"] != "0"],
        "question_l10ns": [
            {
                "qid": made.qid,
                "question": made.texts.get(language, ""),
                "help": made.helps.get(language, ""),
                "language": language,
            }
            for made, _row in every
            for language in ("en", "fr")
        ],
        "answers": [
            {"aid": aid, "qid": made.qid, "code": answer[0], "sortorder": str(order), "scale_id": answer[2]}
            for aid, made, order, answer in answers
        ],
        "answer_l10ns": [
            {"aid": aid, "answer": answer[1][language], "language": language}
            for aid, _made, _order, answer in answers
            for language in ("en", "fr")
        ],
        "question_attributes": _attributes(groups),
    }


def every_type() -> list[tuple[str, str, list[Made]]]:
    """Return groups that hold every type of question."""
    three = [("A1", "Bad"), ("A2", "Middling"), ("A3", "Good")]
    eleven = [(str(number), str(number)) for number in range(11)]
    rows = lambda start: [part(f"{start}1", "SQ001", "Price"), part(f"{start}2", "SQ002", "Service")]  # noqa: E731 - short
    dual = asked("112", "1", "Dual", "Now and later", parts=rows("112"))
    dual.answers = [(code, {"en": code, "fr": code}, scale) for scale in "01" for code in ("A1", "A2", "A3")]
    columns = [part("1138", "C1", "Old", scale_id="1"), part("1139", "C2", "New", scale_id="1")]
    return [
        (
            "Choices",
            "",
            [
                asked("101", "L", "Size", "Which size?", answers=three, other="Y", mandatory="Y"),
                asked("102", "!", "Drop", "Pick", answers=three, relevance='Size.NAOK == "A2"'),
                asked("103", "O", "Why", "Why?", answers=three),
                asked("104", "Y", "Yes", "Really?"),
                asked("105", "G", "Sex", "You are"),
                asked("106", "5", "Five", "How good?"),
                asked("107", "M", "Many", "Which ones?", parts=rows("107"), other="Y", attributes={"max_answers": "2"}),
                asked("108", "P", "ManyC", "Which ones, why?", parts=rows("108")),
                asked("109", "R", "Rank", "Order", answers=three, attributes={"random_order": "1"}),
                asked("110", "L", "Nps", "How likely is it that you recommend us?", answers=eleven),
            ],
        ),
        (
            "Arrays",
            "Five.NAOK >= 3",
            [
                asked("111", "F", "Array", "Rate", parts=rows("111"), answers=three),
                dual,
                asked("113", ":", "Nums", "How many?", parts=[*rows("113"), *columns]),
                asked("114", ";", "Txts", "What?", parts=[*rows("114"), part("1148", "C1", "Now", scale_id="1")]),
                asked("115", "A", "Af", "1 to 5", parts=rows("115")),
                asked("116", "B", "Bt", "1 to 10", parts=rows("116")),
                asked("117", "C", "Cy", "Yes or no", parts=rows("117")),
                asked("118", "E", "Ei", "More or less", parts=rows("118")),
                asked("119", "H", "Hc", "By column", parts=rows("119"), answers=three),
                asked("120", "F", "Two", "Only two", parts=rows("120"), answers=three[:2]),
            ],
        ),
        (
            "Entries",
            "",
            [
                asked("121", "S", "Short", "Name a word", attributes={"maximum_chars": "20"}),
                asked("122", "T", "Long", "Tell us about {Size.shown}", preg="/^a/"),
                asked("123", "U", "Huge", "Tell us more"),
                asked("124", "Q", "Several", "Words", parts=rows("124")),
                asked("125", "N", "Num", "How many?", attributes={"min_num_value_n": "1", "max_num_value_n": "9"}),
                asked("126", "K", "Nums2", "How many of each?", parts=rows("126")),
                asked("127", "K", "Share", "Share out", parts=rows("127"), attributes={"equals_num_value": "100"}),
                asked("128", "D", "Day", "When?"),
                asked("129", "X", "Text", "<p>Read <script>alert(1)</script>this</p>"),
                asked("130", "*", "Sum", "{Num * 2}"),
                asked("131", "|", "File", "Upload"),
                asked("132", "I", "Lang", "Language"),
                asked("133", "S", "Hid", "From the link", attributes={"hidden": "1"}),
                asked("134", "?", "Odd", "What is this?"),
            ],
        ),
    ]


def further_tables() -> dict[str, list[dict[str, str]]]:
    """Return conditions, quotas and what else stands beside the questions."""
    return {
        "conditions": [
            {
                "cid": "1",
                "qid": "121",
                "cqid": "101",
                "cfieldname": f"{SID}X1X101",
                "method": "==",
                "value": "A1",
                "scenario": "1",
            },
            {
                "cid": "2",
                "qid": "121",
                "cqid": "101",
                "cfieldname": f"{SID}X1X101",
                "method": "==",
                "value": "A2",
                "scenario": "1",
            },
            {
                "cid": "3",
                "qid": "121",
                "cqid": "104",
                "cfieldname": f"{SID}X1X104",
                "method": "==",
                "value": "Y",
                "scenario": "1",
            },
            {
                "cid": "4",
                "qid": "121",
                "cqid": "105",
                "cfieldname": f"{SID}X1X105",
                "method": "==",
                "value": "F",
                "scenario": "2",
            },
            {
                "cid": "5",
                "qid": "123",
                "cqid": "101",
                "cfieldname": f"{SID}X1X101",
                "method": "RX",
                "value": "^A",
                "scenario": "1",
            },
        ],
        "quota": [
            {"id": "1", "name": "Women", "qlimit": "50", "action": "1", "active": "1"},
            {"id": "2", "name": "Off", "qlimit": "5", "action": "1", "active": "0"},
            {"id": "3", "name": "Files", "qlimit": "5", "action": "1", "active": "1"},
        ],
        "quota_members": [
            {"id": "1", "quota_id": "1", "qid": "105", "code": "F"},
            {"id": "2", "quota_id": "1", "qid": "101", "code": "A1"},
            {"id": "3", "quota_id": "1", "qid": "101", "code": "A2"},
            {"id": "4", "quota_id": "2", "qid": "105", "code": "M"},
            {"id": "5", "quota_id": "3", "qid": "131", "code": "1"},
        ],
        "quota_languagesettings": [
            {"quotals_quota_id": "1", "quotals_language": "en", "quotals_message": "Enough of you."},
        ],
        "defaultvalues": [{"qid": "121", "defaultvalue": "x"}],
        "assessments": [{"id": "1", "name": "Score"}],
    }
