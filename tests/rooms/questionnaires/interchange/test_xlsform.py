"""XLSForm in: every thing of a file is kept, changed or lost by name; workbooks that are traps end in a sentence."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.questionnaires.definition import Item, ItemType
from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.interchange.reports import Imported
from survey_app.questionnaires.interchange.xlsform import read_xlsform
from survey_app.questionnaires.parsing import parse, to_data
from tests.rooms.questionnaires.interchange.expectations import SHARED, WHERE, ending_in, n_of, real_files, types_in

CHOICES = [["yn", "yes", "Yes"], ["yn", "no", "No"], ["ways", "web", "Web"], ["ways", "shop", "Shop"]]
HEAD = ["type", "name", "label"]


@pytest.fixture(scope="module", autouse=True)
def _request(speaking_app: Flask) -> Iterator[None]:
    with speaking_app.test_request_context():
        yield


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    written = BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True, "strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return written.getvalue()


def as_csv(sheets: dict[str, list[list[str]]]) -> bytes:
    lines = [
        line
        for name, rows in sheets.items()
        for line in ([f'"{name}"'], *([""] + [f'"{cell}"' for cell in row] for row in rows))
    ]
    return "\n".join(",".join(line) for line in lines).encode()


def imported(*rows: list[str], head: list[str] | None = None, **sheets: list[list[str]]) -> Imported:
    columns = head or HEAD
    choices = [["list_name", "name", "label"], *CHOICES]
    return read_xlsform(as_csv({"survey": [columns, *rows], "choices": choices, **sheets}))


def item_of(found: Imported, code: str) -> Item:
    return next(each for each in found.questionnaire.items if each.code == code)


@pytest.mark.parametrize(
    ("native", "kind"),
    [
        ("text", ItemType.TEXT),
        ("string", ItemType.TEXT),
        ("integer", ItemType.NUMBER),
        ("int", ItemType.NUMBER),
        ("decimal", ItemType.NUMBER),
        ("range", ItemType.NUMBER),
        ("note", ItemType.STATEMENT),
        ("date", ItemType.DATE),
        ("time", ItemType.TEXT),
        ("dateTime", ItemType.TEXT),
        ("phone number", ItemType.TEXT),
        ("barcode", ItemType.TEXT),
        ("acknowledge", ItemType.SINGLE),
        ("trigger", ItemType.SINGLE),
        ("hidden", ItemType.HIDDEN),
        ("select_one yn", ItemType.SINGLE),
        ("select one yn", ItemType.SINGLE),
        ("select one from yn", ItemType.SINGLE),
        ("select_multiple  ways", ItemType.MULTIPLE),
        ("select all that apply from ways", ItemType.MULTIPLE),
        ("rank ways", ItemType.RANKING),
    ],
)
def test_each_type_becomes_one_of_ours(native: str, kind: ItemType) -> None:
    assert imported([native, "q", "Question"]).questionnaire.items[0].type is kind


@pytest.mark.parametrize("native", ["geopoint", "image", "audio", "video", "file", "calculate", "include", "strange"])
def test_types_without_a_counterpart_are_lost_by_name(native: str) -> None:
    found = imported(["text", "a", "A"], [native, "q", "Q"])
    assert found.report.counts()["question"] == {"kept": 1, "lost": 1}


@pytest.mark.parametrize("native", ["select_one yn or_other", "select one from yn or specify other"])
def test_other_is_an_option_of_its_own(native: str) -> None:
    found = imported([native, "q", "Question"])
    assert [each.is_other for each in found.questionnaire.items[0].options] == [False, False, True]
    assert found.report.counts()["other option"] == {"kept": 1}


@pytest.mark.parametrize(
    ("relevant", "tree"),
    [
        ("${visited} = 'yes'", {"field": "answer.visited", "op": "is", "value": "yes"}),
        ("selected(${ways}, 'web')", {"field": "answer.ways", "op": "contains", "value": "web"}),
        ("not(selected(${ways}, 'web'))", {"not": {"field": "answer.ways", "op": "contains", "value": "web"}}),
        ("${age} >= 18", {"field": "answer.age", "op": "at_least", "value": 18}),
        ("${visited} != ''", {"field": "answer.visited", "op": "is_known"}),
        (
            "${visited} = 'yes' and (${age} < 30 or ${age} > 60)",
            {
                "all": [
                    {"field": "answer.visited", "op": "is", "value": "yes"},
                    {
                        "any": [
                            {"field": "answer.age", "op": "less_than", "value": 30},
                            {"field": "answer.age", "op": "more_than", "value": 60},
                        ]
                    },
                ]
            },
        ),
    ],
)
def test_relevance_becomes_a_condition(relevant: str, tree: dict[str, Any]) -> None:
    rows = [
        ["select_one yn", "visited", "V", ""],
        ["select_multiple ways", "ways", "W", ""],
        ["integer", "age", "A", ""],
    ]
    found = imported(*rows, ["text", "why", "Why", relevant], head=[*HEAD, "relevant"])
    assert item_of(found, "why").show_if == tree
    assert found.report.counts()["condition"] == {"kept": 1}
    assert len(found.questionnaire.pages) == 2


@pytest.mark.parametrize(
    "relevant",
    [
        "count-selected(${ways}) > 1",
        "${age} + 1 > 3",
        "regex(${age}, 'x')",
        "/data/nobody = 1",
        "${gone} = 1",
        "${age} >",
        "#",
    ],
)
def test_what_no_condition_says_is_lost_by_name(relevant: str) -> None:
    rows = [["select_multiple ways", "ways", "W", ""], ["integer", "age", "A", ""]]
    found = imported(*rows, ["text", "why", "Why", relevant], head=[*HEAD, "relevant"])
    assert item_of(found, "why").show_if is None
    assert found.report.counts()["condition"] == {"lost": 1}


@pytest.mark.parametrize(
    ("constraint", "bounds", "fate"),
    [
        (". >= 0 and . <= 120", ("0", "120"), "kept"),
        (". > 0 and 10 > .", ("1", "9"), "kept"),
        ("regex(., '^1')", (None, None), "lost"),
        (". >= 9 and . <= 1", (None, None), "lost"),
    ],
)
def test_constraints_of_numbers_become_bounds(
    constraint: str, bounds: tuple[str | None, str | None], fate: str
) -> None:
    found = imported(["integer", "age", "Age", constraint], head=[*HEAD, "constraint"])
    item = found.questionnaire.items[0]
    assert (item.bounds.lowest, item.bounds.highest) == bounds
    assert found.report.counts()["condition"] == {fate: 1}


def test_groups_are_pages_and_pass_their_relevance_on() -> None:
    found = imported(
        ["select_one yn", "visited", "V", ""],
        ["begin_group", "outer", "Outer", "${visited} = 'yes'"],
        ["text", "a", "A", ""],
        ["begin repeat", "inner", "Inner", ""],
        ["text", "b", "B", ""],
        ["end repeat", "", "", ""],
        ["end group", "", "", ""],
        ["text", "c", "C", ""],
        head=[*HEAD, "relevant"],
    )
    pages = found.questionnaire.pages
    assert [[item.code for item in page.items] for page in pages] == [["visited"], ["a", "inner_text", "b"], ["c"]]
    assert pages[1].title == {"en": "Outer"}
    assert item_of(found, "b").show_if == {"field": "answer.visited", "op": "is", "value": "yes"}
    assert item_of(found, "c").show_if is None
    assert (found.report.counts()["group"], found.report.counts()["repeat"]) == ({"kept": 1}, {"lost": 1})


def test_languages_are_known_by_tag_and_by_name() -> None:
    head = ["type", "name", "label::Deutsch (de)", "label::Tiếng Việt", "label::English", "label::Klingonisch"]
    found = imported(
        ["text", "q", "Frage", "Câu hỏi", "Question", "nuq"],
        head=head,
        settings=[["form_title", "default_language"], ["Titel", "English"]],
    )
    assert found.questionnaire.languages == ("en", "de", "vi")
    assert found.questionnaire.items[0].text == {"en": "Question", "de": "Frage", "vi": "Câu hỏi"}
    assert found.questionnaire.title == {"en": "Titel"}
    assert found.report.counts()["language"] == {"changed": 2, "kept": 1, "lost": 1}


def test_every_property_of_a_row_is_accounted_for() -> None:
    head = [*HEAD, "required", "appearance", "default", "calculation", "choice_filter", "parameters", "media::image"]
    found = imported(
        ["select_one yn", "q", "You are ${q}, ${gone}", "yes", "minimal", "yes", "", "x=1", "randomize=true", "a.jpg"],
        ["text", "t", "T", "${q} = 'yes'", "multiline", "", "", "", "", ""],
        ["note", "n", "N", "true", "", "", "", "", "", ""],
        head=head,
    )
    counts = found.report.counts()
    assert counts["required"] == {"kept": 1, "changed": 1, "lost": 1}
    assert [item.is_required for item in found.questionnaire.items] == [True, False, False]
    assert counts["appearance"] == {"lost": 1, "kept": 1}
    assert counts["randomisation"] == {"kept": 1}
    assert counts["default"] == counts["media"] == counts["condition"] == {"lost": 1}
    assert counts["reference"] == {"kept": 1, "lost": 1}
    assert found.questionnaire.items[0].is_shuffled


def test_a_form_that_multiplies_is_cut_to_what_a_questionnaire_holds() -> None:
    many = [["big", f"o{n}", f"O{n}"] for n in range(500)]
    rows = [["select_one big", f"q{n}", f"Q{n}"] for n in range(2000)]
    found = imported(*rows, choices=[["list_name", "name", "label"], *many])
    assert len(found.questionnaire.items) <= 300
    assert sum(found.report.counts()["question"].values()) == 2000


def test_a_workbook_is_read_like_its_rows() -> None:
    data = workbook(
        {
            "survey": [HEAD, ["select_one n", "q", "Q"], ["text", "t", "T"]],
            "choices": [["list name", "name", "label"], ["n", 1, "One"], ["n", 2.0, "Two"]],
            "Notes": [["ignore"]],
        }
    )
    found = read_xlsform(data)
    assert [each.code for each in found.questionnaire.items[0].options] == ["1", "2"]
    assert found.report.counts()["sheet"] == {"kept": 2, "lost": 1}


def bomb(size: int) -> bytes:
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * size)
    return written.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """Return a sound workbook with one part exchanged."""
    whole = zipfile.ZipFile(BytesIO(workbook({"survey": [HEAD, ["text", "q", "Q"]]})))
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in whole.namelist():
            packed.writestr(part, content if part == name else whole.read(part))
    return written.getvalue()


FAR = b"""<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">
<c r="A1" t="str"><v>type</v></c></row><row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>
</sheetData></worksheet>"""
ENTITIES = (
    b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>"""
)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        b"testing",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nothing more",
        b"survey\n,type\n",
        b'"survey\n,type,name',
        b"\xff\xfe\xfa" * 100,
        bomb(80_000_000),
        bomb(100),
        with_part("xl/worksheets/sheet1.xml", FAR),
        with_part("xl/worksheets/sheet1.xml", ENTITIES),
        with_part("xl/worksheets/sheet1.xml", b"<" * 1000),
        workbook({"survey": [HEAD, ["text", "q", "Q"]]})[:-40],
        workbook({"other": [HEAD]}),
        b"x" * 10_000_001,
    ],
    ids=range(15),
)
def test_damaged_and_hostile_workbooks_end_in_a_sentence(data: bytes) -> None:
    with pytest.raises(QuestionnaireError) as caught:
        read_xlsform(data)
    assert str(caught.value)


WORDS = st.text(max_size=12) | st.sampled_from(
    [
        "text",
        "select_one yn",
        "begin group",
        "end group",
        "begin_repeat",
        "rank ways",
        "range",
        "${a} = 1",
        "a",
        "yes",
        "a",
    ]
)


@given(st.lists(st.lists(WORDS, min_size=9, max_size=9), min_size=1, max_size=6))
@settings(max_examples=80, deadline=None)
def test_whatever_stands_in_a_form_comes_in_or_is_refused_in_words(rows: list[list[str]]) -> None:
    head = [*HEAD, "relevant", "constraint", "required", "parameters", "label::English (en)", "hint"]
    clean = [[cell.replace('"', "").replace("\n", " ").replace("\r", " ") for cell in row] for row in rows]
    try:
        found = imported(*clean, head=head)
    except (QuestionnaireError, UnicodeEncodeError) as error:
        assert str(error)  # noqa: PT017 - either outcome is right
    else:
        assert parse(to_data(found.questionnaire)) == found.questionnaire


@pytest.mark.parametrize("known", real_files("xlsform"), ids=lambda each: each["file"])
def test_every_number_of_a_real_file_is_accounted_for(known: dict[str, Any]) -> None:
    expect, data = known["expect"], (SHARED / known["file"]).read_bytes()
    if "unreadable" in expect:
        with pytest.raises(QuestionnaireError):
            read_xlsform(data)
        return
    report = read_xlsform(data).report
    kinds = {
        "questions": "question",
        "groups_pages": "group",
        "repeats": "repeat",
        "answer_options": "option",
        "choice_lists": "choice list",
        "or_other": "other option",
        "quotas": "quota",
        "references_in_texts": "reference",
    }
    for counter, kind in kinds.items():
        assert n_of(report, kind) == expect[counter], counter
    assert types_in(report) == expect["questions_by_type"]
    for column, count in expect["conditions"].items():
        assert ending_in(report, column, "condition", "required", "default", "appearance", "setting") == count, column
    assert n_of(report, "metadata") == sum(expect["metadata_fields"].values())
    assert n_of(report, "randomisation") == sum(expect["randomisation"].values())
    named = {each.name for each in report.entries}
    assert set(expect["sheets"]) <= named
    assert set(expect["settings"]) <= named
    assert set(expect["languages"]) - {"(single)"} <= {each.name for each in report.entries if each.kind == "language"}
    assert n_of(report, "script") == expect["text_markup"]["with_script_or_handler"]


@pytest.mark.skipif(not real_files("xlsform"), reason=WHERE)
def test_the_real_files_are_all_looked_at() -> None:
    assert len(real_files("xlsform")) >= 6
