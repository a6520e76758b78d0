"""Qualtrics files: what their questions, flow and logic become, and that nothing is lost in silence."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from survey_app.questionnaires.checks import check_questionnaire, errors_of
from survey_app.questionnaires.definition import END, SCREEN_OUT, Item, ItemType, Jump, Look
from survey_app.questionnaires.findings import QuestionnaireError
from survey_app.questionnaires.interchange.qualtrics import read_qualtrics
from survey_app.questionnaires.interchange.reports import Entry, Fate, Imported
from survey_app.questionnaires.parsing import parse, to_data
from survey_app.questionnaires.rendering.course import follow
from tests.rooms.questionnaires.interchange.expectations import n_of, types_in
from tests.rooms.questionnaires.interchange.qualtrics_files import (
    FIVE,
    Data,
    block,
    choices,
    every_type,
    expression,
    logic,
    question,
    selected,
    survey,
    whole,
    written,
)


@pytest.fixture(scope="module")
def imported() -> Imported:
    return read_qualtrics(written(whole()))


def item(imported: Imported, code: str) -> Item:
    return next(each for each in imported.questionnaire.items if each.code == code)


def entries(imported: Imported, kind: str) -> dict[str, Entry]:
    return {each.name: each for each in imported.report.entries if each.kind == kind}


def read(*arguments: Any) -> Imported:
    return read_qualtrics(written(survey(*arguments)))


def test_every_question_is_entered_once_with_its_type(imported: Imported) -> None:
    native = ("QuestionType", "Selector", "SubSelector")
    types = Counter("/".join(each[key] for key in native if each.get(key)) for each in every_type())
    assert types_in(imported.report) == types + Counter({"TE/SL": 1})
    assert n_of(imported.report, "unused question") == 2


def test_types_become_their_counterparts(imported: Imported) -> None:
    expected = {
        "q1": ItemType.SINGLE,
        "q2": ItemType.MULTIPLE,
        "q3": ItemType.NPS,
        "q4": ItemType.CSAT,
        "q5": ItemType.SINGLE,
        "q6": ItemType.LIKERT,
        "q7_1": ItemType.MULTIPLE,
        "q8_2_1": ItemType.TEXT,
        "q9": ItemType.LIKERT,
        "q10_c2": ItemType.SINGLE,
        "q11_3": ItemType.RANKING,
        "q12_3_3": ItemType.NUMBER,
        "q13": ItemType.TEXT,
        "q14": ItemType.TEXT,
        "q15_2": ItemType.TEXT,
        "q16": ItemType.NUMBER,
        "q18": ItemType.SUM,
        "q19_1": ItemType.NUMBER,
        "q20": ItemType.RANKING,
        "q21": ItemType.STATEMENT,
        "q23_3": ItemType.NUMBER,
        "q24": ItemType.CSAT,
        "q25_1": ItemType.LIKERT,
        "q25_2_1": ItemType.SINGLE,
        "plan": ItemType.HIDDEN,
    }
    found = {each.code: each.type for each in imported.questionnaire.items}
    assert {code: found.get(code) for code in expected} == expected
    assert item(imported, "q24").scale.look is Look.STARS  # type: ignore[union-attr]


def test_what_has_no_counterpart_is_lost_by_name(imported: Imported) -> None:
    lost = {each.name.split("(")[1] for each in imported.report.with_fate(Fate.LOST) if each.kind == "question"}
    kinds = {each.split("/")[0].strip(")") for each in lost} - {"TE"}
    assert kinds == {"Timing", "Meta", "FileUpload", "HeatMap", "Draw", "HotSpot", "Captcha", "PGR", "Whatever"}


def test_numbers_of_the_data_become_option_codes(imported: Imported) -> None:
    assert [option.code for option in item(imported, "q1").options] == ["7", "9", "11", "13"]
    assert [option.is_other for option in item(imported, "q1").options] == [False, False, True, False]
    assert [option.is_exclusive for option in item(imported, "q2").options] == [False, False, False, True]


def test_scale_points_stand_in_the_order_of_the_question(imported: Imported) -> None:
    scale = item(imported, "q6").scale
    assert scale is not None
    assert [scale.labels[point]["en"] for point in scale.points] == ["Good", "Fair", "Poor"]
    assert not scale.higher_is_better


def test_demands_are_kept(imported: Imported) -> None:
    assert (item(imported, "q2").fewest, item(imported, "q2").most, item(imported, "q2").is_shuffled) == (1, 2, True)
    number = item(imported, "q16")
    assert (number.is_required, number.bounds.lowest, number.bounds.highest) == (True, "1", "9")
    assert item(imported, "q18").total == 100


def test_page_breaks_and_skips_make_pages(imported: Imported) -> None:
    pages = {page.code: page for page in imported.questionnaire.pages}
    assert pages["bl_one"].jumps == (Jump({"field": "answer.q1", "op": "is", "value": "9"}, "bl_one_3"),)
    assert pages["bl_one_3"].items[0].code == "q4"
    assert pages["bl_two"].is_shuffled


def test_branches_become_conditions_of_pages_and_ends_become_ways_out(imported: Imported) -> None:
    pages = {page.code: page for page in imported.questionnaire.pages}
    assert pages["bl_two"].show_if == {"field": "answer.plan", "op": "is", "value": "gold"}
    assert pages["way_out"].jumps == (Jump({"field": "answer.q5", "op": "is", "value": "3"}, SCREEN_OUT),)


def test_display_logic_becomes_a_condition_on_items_and_on_rows(imported: Imported) -> None:
    assert item(imported, "q5").show_if == {"field": "answer.q1", "op": "is", "value": "7"}
    assert [each.show_if for each in imported.questionnaire.items if each.code.startswith("q6")] == [
        None,
        {"field": "answer.q2", "op": "contains", "value": "2"},
        None,
    ]


def test_quotas_that_end_the_survey_are_kept_those_that_count_are_lost(imported: Imported) -> None:
    (quota,) = imported.questionnaire.quotas
    assert (quota.limit, quota.when) == (50, {"field": "answer.q1", "op": "is", "value": "7"})
    assert imported.report.counts()["quota"] == {"kept": 1, "lost": 1}


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({"LogicType": "Cross", "Logic": [logic([selected("QID1", "1")])]}, "combination"),
        ({"Logic": logic([selected("QID99", "1")])}, "not taken over"),
        ({"Logic": logic([selected("QID1", "1")]), "Occurrences": "many"}, "limit"),
    ],
)
def test_quotas_that_cannot_be_said_are_lost_with_a_reason(payload: Data, reason: str) -> None:
    quota = {
        "Element": "QO",
        "Payload": {"Name": "Red", "Occurrences": 5, "QuotaAction": "EndCurrentSurvey", **payload},
    }
    found = read([question("QID1", "MC/SAVR", "One", Choices=choices("A", "B"))], [block("BL", "QID1")], None, [quota])
    assert found.questionnaire.quotas == ()
    assert reason in entries(found, "quota")["Red"].message


def test_texts_are_plain_in_every_language_and_repeat_answers(imported: Imported) -> None:
    assert item(imported, "q21").text == {"en": "Read this", "fr": "Read this (fr)"}
    assert item(imported, "q14").text["en"] == "Long, about {answer.q1} and"
    assert imported.report.counts()["script"] == {"lost": 4}
    assert imported.report.counts()["question script"] == {"lost": 1}
    assert imported.report.counts()["piped text"] == {"changed": 2, "lost": 2}


def test_what_comes_out_is_a_questionnaire_without_errors(imported: Imported) -> None:
    assert parse(to_data(imported.questionnaire)) == imported.questionnaire
    assert errors_of(check_questionnaire(imported.questionnaire)) == []


@pytest.mark.parametrize(
    ("answers", "shown", "end"),
    [
        ({"q1": "9", "plan": "gold"}, ["bl_one", "bl_one_3", "bl_one_4", "bl_two", "bl_three"], None),
        ({"q1": "7", "plan": "free"}, ["bl_one", "bl_one_2", "bl_one_3", "bl_one_4", "bl_three"], None),
        ({"q1": "7", "q5": "3"}, ["bl_one", "bl_one_2", "bl_one_3", "bl_one_4"], SCREEN_OUT),
        # Whoever was not asked is not screened out by an answer.
        ({"q1": "11", "q5": "3"}, ["bl_one", "bl_one_2", "bl_one_3", "bl_one_4", "bl_three"], None),
    ],
)
def test_the_way_through_is_qualtrics_way(
    imported: Imported, answers: dict[str, str], shown: list[str], end: str | None
) -> None:
    course = follow(imported.questionnaire, answers, {})
    assert [imported.questionnaire.pages[index].code for index in course.shown] == shown
    assert course.end == end


IS_ONE = {"field": "answer.q1", "op": "is", "value": "1"}
IS_TWO = {"field": "answer.q1", "op": "is", "value": "2"}
MANY = {"field": "answer.q2", "op": "contains", "value": "1"}
FIRST = [
    question("QID1", "MC/SAVR", "One", Choices=choices("A", "B", "C")),
    question("QID2", "MC/MAVR", "Many", Choices=choices("A", "B")),
    question("QID3", "MC/NPS", "NPS", Choices=choices(*map(str, range(11)))),
    question("QID4", "TE/SL", "Text"),
    question("QID5", "Matrix/Likert", "Rows", Choices=choices("X", "Y"), Answers=choices("a", "b", "c")),
    question("QID6", "Slider/HBAR", "Slide", Choices=choices("X")),
    question("QID7", "MC/SAVR", "Coded", Choices=choices("A", "B"), RecodeValues={"1": "10", "2": "20"}),
]


@pytest.mark.parametrize(
    ("shown", "tree"),
    [
        (logic([selected("QID1", "1")]), IS_ONE),
        (logic([expression("q://QID1/SelectableChoice/1", "NotSelected")]), {"not": IS_ONE}),
        (logic([selected("QID2", "1")]), MANY),
        (logic([selected("QID1", "1"), selected("QID2", "1", "And")]), {"all": [IS_ONE, MANY]}),
        (
            logic([selected("QID1", "1"), selected("QID1", "2", "Or"), selected("QID2", "1", "And")]),
            {"any": [IS_ONE, {"all": [IS_TWO, MANY]}]},
        ),
        (logic([selected("QID1", "1")], [selected("QID2", "1")], joints=("AndIf",)), {"all": [IS_ONE, MANY]}),
        (logic([selected("QID1", "1")], [selected("QID2", "1")], joints=("OrIf",)), {"any": [IS_ONE, MANY]}),
        (logic([selected("QID3", "11")]), {"field": "answer.q3", "op": "is", "value": 10}),
        (logic([selected("QID3_NPS_GROUP", "1")]), {"field": "answer.q3", "op": "less_than", "value": 7}),
        (
            logic([expression("q://QID4/ChoiceTextEntryValue", "Contains", "slow")]),
            {"field": "answer.q4", "op": "contains", "value": "slow"},
        ),
        (
            logic([expression("q://QID4/ChoiceTextEntryValue", "NotEmpty")]),
            {"not": {"field": "answer.q4", "op": "is_unknown"}},
        ),
        (logic([selected("QID5", "2/3")]), {"field": "answer.q5_2", "op": "is", "value": 3}),
        (
            logic([expression("q://QID5/SelectableAnswer/1", "Selected")]),
            {"any": [{"field": f"answer.q5_{row}", "op": "is", "value": 1} for row in (1, 2)]},
        ),
        (
            logic([expression("q://QID6/ChoiceNumericEntryValue/1", "GreaterThan", "50")]),
            {"field": "answer.q6_1", "op": "more_than", "value": 50},
        ),
        (
            logic([expression("q://QID7/SelectedChoicesRecode", "GreaterThanOrEqual", "15")]),
            {"field": "answer.q7", "op": "one_of", "value": ["20"]},
        ),
        (
            logic([expression("Tier", "EqualTo", "gold", kind="EmbeddedField")]),
            {"field": "answer.tier", "op": "is", "value": "gold"},
        ),
        (logic([expression("m://Email1", "Empty", kind="PanelData")]), {"field": "customer.email", "op": "is_unknown"}),
    ],
)
def test_logic_becomes_trees(shown: Data, tree: dict[str, object]) -> None:
    last = question("QID9", "TE/SL", "Last", DisplayLogic=shown)
    found = read([*FIRST, last], [block("BL", *(each["QuestionID"] for each in FIRST), "|", "QID9")])
    assert item(found, "q9").show_if == tree
    assert entries(found, "condition")["q9 display logic"].fate is not Fate.LOST


@pytest.mark.parametrize(
    "shown",
    [
        logic([expression("mobile", "Is", kind="DeviceType")]),
        logic([expression("loc://City", "EqualTo", "Hue", kind="GeoIP")]),
        logic([expression("qo://QO_1/QuotaMet", "QuotaMet", kind="Quota")]),
        logic([expression("q://QID1/ChoiceDisplayed/1", "Displayed")]),
        logic([selected("QID1", "77")]),
        logic([selected("QID77", "1")]),
        logic([selected("QID10", "1")]),
        logic([selected("QID1", "1"), expression("mobile", "Is", joint="Or", kind="DeviceType")]),
        logic([]),
        {"0": {"0": {}}},
    ],
)
def test_logic_that_trees_cannot_say_is_lost_with_a_reason(shown: Data) -> None:
    last = question("QID9", "TE/SL", "Last", DisplayLogic=shown)
    later = question("QID10", "MC/SAVR", "Later", Choices=choices("A", "B"))
    found = read([*FIRST, last, later], [block("BL", *(each["QuestionID"] for each in FIRST), "QID9", "|", "QID10")])
    entry = entries(found, "condition")["q9 display logic"]
    assert entry.fate is Fate.LOST
    assert entry.message
    assert item(found, "q9").show_if is None


def skipping(to: str) -> Data:
    skip = {
        "SkipLogicID": 1,
        "ChoiceLocator": "q://QID1/SelectableChoice/1",
        "Condition": "Selected",
        "SkipToDestination": to,
    }
    return {"Type": "Question", "QuestionID": "QID1", "SkipLogic": [skip]}


@pytest.mark.parametrize(
    ("to", "target"), [("ENDOFSURVEY", END), ("ENDOFBLOCK", "bl_b"), ("QID4", "bl_a_3"), ("QID3", "bl_b")]
)
def test_skips_lead_to_questions_behind_blocks_and_out(to: str, target: str) -> None:
    blocks = [block("BL_a", skipping(to), "QID2", "|", "QID4"), block("BL_b", "QID3")]
    found = read(FIRST, blocks)
    assert found.questionnaire.pages[0].jumps == (Jump(IS_ONE, target),)


def test_a_skip_back_is_lost() -> None:
    found = read(FIRST, [block("BL_a", "QID2", "|", skipping("QID2"))])
    assert entries(found, "condition")["q1 skip 1"].fate is Fate.LOST


def test_a_block_that_stands_twice_is_asked_once() -> None:
    flow = [{"Type": "Block", "ID": "BL", "FlowID": f"FL_{number}"} for number in range(3)]
    found = read(FIRST, [block("BL", "QID1")], flow)
    assert len(found.questionnaire.items) == 1
    assert found.report.counts()["flow"] == {"kept": 1, "lost": 2}


def test_an_end_for_everybody_leads_out_behind_conditional_pages_only() -> None:
    flow = [
        {"Type": "Block", "ID": "BL_a"},
        {
            "Type": "Branch",
            "FlowID": "FL_1",
            "BranchLogic": logic([selected("QID1", "1")]),
            "Flow": [{"Type": "Block", "ID": "BL_b"}],
        },
        {"Type": "EndSurvey"},
        {"Type": "Block", "ID": "BL_c"},
    ]
    found = read(FIRST, [block("BL_a", "QID1"), block("BL_b", "QID2"), block("BL_c", "QID3")], flow)
    shape = [(page.code, page.show_if, page.jumps) for page in found.questionnaire.pages]
    assert shape == [
        ("bl_a", None, ()),
        ("bl_b", IS_ONE, ()),
        ("way_out", None, (Jump(None, END),)),
        ("bl_c", None, ()),
    ]


def test_without_a_flow_the_blocks_follow_each_other() -> None:
    data = survey(FIRST, [block("BL_a", "QID1"), block("BL_b", "QID2")])
    data["SurveyElements"] = [each for each in data["SurveyElements"] if each["Element"] != "FL"]
    assert [page.code for page in read_qualtrics(written(data)).questionnaire.pages] == ["bl_a", "bl_b"]


def test_without_blocks_the_questions_follow_each_other() -> None:
    data = survey(FIRST, [])
    data["SurveyElements"] = [each for each in data["SurveyElements"] if each["Element"] != "BL"]
    assert [each.code for each in read_qualtrics(written(data)).questionnaire.items][:2] == ["q1", "q2"]


def test_a_dissatisfied_end_first_turns_the_scale_round() -> None:
    found = read(
        [question("QID1", "MC/SAVR", "How satisfied?", Choices=choices(*reversed(FIVE)))], [block("BL", "QID1")]
    )
    scale = found.questionnaire.items[0].scale
    assert scale is not None
    assert not scale.higher_is_better


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"SurveyElements": 3}',
        b'{"SurveyElements": []}',
        b"[" * 100_000,
        b'{"SurveyElements": ' + b"[" * 200 + b"]" * 200 + b"}",
        b'{"a": ' + b"9" * 10_000 + b"}",
        b'{"a": "' + b"x" * 5_000_000 + b'"}',
        '{"a": "é"}'.encode("latin-1"),
        written(survey([], [])),
        written(survey([question("QID1", "Captcha", "?")], [block("BL", "QID1")])),
    ],
)
def test_what_is_no_survey_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(QuestionnaireError) as refused:
        read_qualtrics(data)
    assert all(finding.message for finding in refused.value.findings)


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("EN", "en"),
        ("PT-BR", "pt-BR"),
        ("ZH-S", "zh-Hans"),
        ("ES-ES", "es-ES"),
        ("SR-CYR", "sr-Cyrl"),
        ("KLINGON!", "en"),
    ],
)
def test_the_survey_s_own_language_keeps_its_texts_whatever_it_is_called(name: str, tag: str) -> None:
    data = survey([question("QID1", "TE/SL", "Text")], [block("BL", "QID1")])
    data["SurveyEntry"]["SurveyLanguage"] = name
    data["SurveyElements"] = [each for each in data["SurveyElements"] if each["Element"] != "SO"]
    found = read_qualtrics(written(data)).questionnaire
    assert found.languages == (tag, "fr")
    assert found.items[0].text == {tag: "Text", "fr": "Text (fr)"}


def test_a_byte_order_mark_does_no_harm() -> None:
    data = survey(FIRST, [block("BL", "QID1")])
    assert read_qualtrics(b"\xef\xbb\xbf" + written(data)).questionnaire == read_qualtrics(written(data)).questionnaire


def test_pictures_profiles_forms_and_groups_keep_what_they_can_and_lose_the_rest_by_name() -> None:
    size, colour = (choices(*words) for words in (("small", "big"), ("red", "blue", "green")))
    fields = choices("Name", "Age", "Mail")
    fields["1"]["TextEntryForceResponse"] = "on"
    fields["2"]["TextEntryValidation"] = "ValidNumber"
    fields["3"]["TextEntryValidation"] = "ValidEmail"
    pictures = {"1": {"Display": "", "Description": "Cat", "Image": {"ImageLocation": "IM_1"}}, "2": {"Display": "Dog"}}
    asked = [
        question("QID1", "MC/SAVR", "Which?", Choices=pictures, ChoiceGroups={"0": {"Display": "Pets"}}),
        question("QID2", "Matrix/Profile", "T", Choices=choices("Size", "Hue"), Answers={"1": size, "2": colour}),
        question("QID3", "TE/FORM", "You", Choices=fields),
    ]
    found = read(asked, [block("BL", "QID1", "QID2", "QID3")])
    assert [each.text["en"] for each in item(found, "q1").options] == ["Cat", "Dog"]
    assert [len(item(found, code).options) for code in ("q2_1", "q2_2")] == [2, 3]
    assert [item(found, f"q3_{n}").type for n in "123"] == [ItemType.TEXT, ItemType.NUMBER, ItemType.TEXT]
    assert [item(found, f"q3_{n}").is_required for n in "123"] == [True, False, False]
    lost = {each.name for each in found.report.entries if each.fate is Fate.LOST}
    assert {"q1 Choices 1 Image", "q1 choice groups", "q3 field 3 validation"} <= lost


def test_an_option_s_condition_is_lost_with_the_option_and_its_words() -> None:
    shown = {"1": {"Display": "Always"}, "2": {"Display": "Only some", "DisplayLogic": logic([selected("QID1", "1")])}}
    found = read([*FIRST[:1], question("QID8", "MC/SAVR", "Q", Choices=shown)], [block("BL", "QID1", "QID8")])
    lost = entries(found, "condition")["q8 choice 2 display logic"]
    assert lost.fate is Fate.LOST
    assert "“Only some” is always offered" in lost.message
    assert "q://QID1/SelectableChoice/1" in lost.message


def test_whoever_is_not_asked_a_question_does_not_skip_by_it() -> None:
    skip = {
        "Condition": "NotSelected",
        "ChoiceLocator": "q://QID2/SelectableChoice/1",
        "SkipToDestination": "ENDOFSURVEY",
    }
    some = question("QID2", "MC/MAVR", "Many", Choices=choices("A", "B"), DisplayLogic=logic([selected("QID1", "1")]))
    element = {"Type": "Question", "QuestionID": "QID2", "SkipLogic": [skip]}
    found = read([FIRST[0], some, FIRST[3]], [block("BL", "QID1", "|", element, "QID4")])
    assert found.questionnaire.pages[1].jumps == (Jump({"all": [IS_ONE, {"not": MANY}]}, END),)
    back = {**skip, "SkipToDestination": "QID1"}
    found = read([FIRST[0], some], [block("BL", "QID1", "|", {**element, "SkipLogic": [back]})])
    assert [each.fate for each in entries(found, "condition").values()] == [Fate.KEPT, Fate.LOST]


def test_the_language_of_the_survey_is_compared_by_its_tag() -> None:
    tree = logic([expression("Q_Language", "EqualTo", "FR", kind="EmbeddedField")])
    found = read([*FIRST[:1], question("QID9", "TE/SL", "Last", DisplayLogic=tree)], [block("BL", "QID1", "|", "QID9")])
    assert item(found, "q9").show_if == {"field": "answer.q_language", "op": "is", "value": "fr"}
