"""The flow of Qualtrics files: randomisers as groups of chance, values set on the way, blocks that stand twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.questionnaires.checks import check_questionnaire, errors_of
from survey_app.questionnaires.definition import Item, Questionnaire
from survey_app.questionnaires.interchange.qualtrics import read_qualtrics
from survey_app.questionnaires.interchange.reports import Entry, Fate, Imported
from survey_app.questionnaires.rendering.course import follow
from tests.rooms.questionnaires.interchange.qualtrics_files import (
    Data,
    block,
    choices,
    expression,
    logic,
    question,
    selected,
    survey,
    written,
)

NAMES = "abcdef"
ASKED = [
    question("QID1", "MC/SAVR", "One", Choices=choices("A", "B", "C")),
    *(question(f"QID{number}", "TE/SL", name) for number, name in enumerate(NAMES, start=2)),
]
BLOCKS = [block("BL_first", "QID1")] + [block(f"BL_{name}", f"QID{n}") for n, name in enumerate(NAMES, start=2)]
FIRST = {"Type": "Block", "ID": "BL_first"}


def ask(name: str) -> Data:
    return {"Type": "Standard", "ID": f"BL_{name}", "FlowID": f"FL_{name}"}


def give(name: str, value: str) -> Data:
    return {"Type": "EmbeddedData", "FlowID": f"FL_{name}_{value}", "EmbeddedData": [{"Field": name, "Value": value}]}


def draw(n: object, *parts: Data, **more: Any) -> Data:
    return {"Type": "BlockRandomizer", "FlowID": "FL_draw", "SubSet": n, "Flow": list(parts), **more}


def when(tree: Data, *flow: Data) -> Data:
    return {"Type": "Branch", "FlowID": "FL_when", "BranchLogic": tree, "Flow": list(flow)}


def field_is(name: str, value: str, operator: str = "EqualTo") -> Data:
    return logic([expression(name, operator, value, kind="EmbeddedField")])


def read(*flow: Data, questions: list[Data] | None = None) -> Imported:
    return read_qualtrics(written(survey(questions or ASKED, BLOCKS, list(flow))))


def condition_of(imported: Imported, block_name: str) -> object:
    return next(page.show_if for page in imported.questionnaire.pages if page.code == f"bl_{block_name}")


def group_of(imported: Imported) -> Item:
    (found,) = [each for each in imported.questionnaire.items if each.is_by_chance]
    return found


def entry(imported: Imported, kind: str, name: str) -> Entry:
    return next(each for each in imported.report.entries if each.kind == kind and each.name == name)


def test_one_part_of_several_becomes_a_group_of_chance_with_the_parts_as_its_names() -> None:
    imported = read(FIRST, draw(1, ask("a"), ask("b"), ask("c"), EvenPresentation=True), ask("d"))
    group = group_of(imported)
    assert [option.text["en"] for option in group.options] == ["BL a", "BL b", "BL c"]
    field_name = f"answer.{group.code}"
    for name in "abc":
        assert condition_of(imported, name) == {"field": field_name, "op": "is", "value": f"bl_{name}"}
    assert condition_of(imported, "d") is None
    for kind in ("flow", "randomisation"):
        assert entry(imported, kind, "BlockRandomizer FL_draw").fate is Fate.KEPT
    assert errors_of(check_questionnaire(imported.questionnaire)) == []


@pytest.mark.parametrize("n", ["2", 2, "2.0"])
def test_some_parts_of_several_become_every_choice_among_them(n: object) -> None:
    imported = read(draw(n, ask("a"), ask("b"), ask("c")))
    assert [option.text["en"] for option in group_of(imported).options] == ["BL a, BL b", "BL a, BL c", "BL b, BL c"]
    assert condition_of(imported, "c") == {
        "field": f"answer.{group_of(imported).code}",
        "op": "one_of",
        "value": ["bl_a_bl_c", "bl_b_bl_c"],
    }
    assert entry(imported, "randomisation", "BlockRandomizer FL_draw").fate is Fate.CHANGED


def test_of_too_many_choices_neighbours_are_drawn_and_each_part_keeps_its_share() -> None:
    imported = read(draw(5, *(give(f"f{number}", "1") for number in range(12))), ask("a"))
    assert len(group_of(imported).options) == 12
    assert "together" in entry(imported, "randomisation", "BlockRandomizer FL_draw").message


def test_what_no_condition_could_name_is_not_drawn_and_lost_by_name() -> None:
    imported = read(draw(150, *(give(f"f{number}", "1") for number in range(300))), ask("a"))
    assert not any(each.is_by_chance for each in imported.questionnaire.items)
    assert entry(imported, "randomisation", "BlockRandomizer FL_draw").fate is Fate.LOST


@pytest.mark.parametrize("n", [None, "", 3, 9, 0, "x", [1]])
def test_where_all_parts_are_asked_only_their_random_order_is_lost(n: object) -> None:
    imported = read(draw(n, ask("a"), ask("b"), ask("c")))
    assert [page.show_if for page in imported.questionnaire.pages] == [None] * 3
    assert entry(imported, "flow", "BlockRandomizer FL_draw").fate is Fate.CHANGED
    assert entry(imported, "randomisation", "BlockRandomizer FL_draw").fate is Fate.LOST


def test_a_field_that_a_randomiser_sets_is_drawn_itself_and_branches_on_it_stay() -> None:
    flow = [draw(1, give("Arm", "New"), give("Arm", "Old way")), when(field_is("Arm", "Old way"), ask("a"))]
    saying = [*ASKED[:-1], question("QID7", "TE/SL", "You are in ${e://Field/Arm}")]
    imported = read(*flow, ask("f"), questions=saying)
    assert group_of(imported).code == "arm"
    assert condition_of(imported, "a") == {"field": "answer.arm", "op": "is", "value": "old_way"}
    assert imported.questionnaire.items[-1].text["en"] == "You are in {answer.arm}"
    assert {each.fate for each in imported.report.entries if each.kind == "hidden value"} == {Fate.KEPT}


def test_before_chance_has_drawn_a_field_is_empty() -> None:
    drawn = draw(1, give("Arm", "1"), give("Arm", "2"))
    imported = read(when(field_is("Arm", "1"), ask("a")), when(field_is("Arm", "1", "NotEqualTo"), ask("b")), drawn)
    assert condition_of(imported, "a") == {"any": []}
    assert condition_of(imported, "b") is None


def test_a_random_number_is_drawn_and_compared_with() -> None:
    imported = read(give("n", "${rand://int/1:4}"), when(field_is("n", "2", "GreaterThan"), ask("a")))
    assert condition_of(imported, "a") == {"field": "answer.n", "op": "one_of", "value": ["3", "4"]}


def test_conditions_and_texts_know_a_value_that_is_set_for_everybody() -> None:
    saying = [*ASKED[:-1], question("QID7", "TE/SL", "Wave ${e://Field/The%20wave}")]
    before = when(field_is("The wave", "3"), ask("a"))
    imported = read(
        before, give("The wave", "3"), when(field_is("The wave", "3.0"), ask("b")), ask("f"), questions=saying
    )
    assert condition_of(imported, "a") == {"field": "answer.the_wave", "op": "is", "value": "3"}
    assert condition_of(imported, "b") is None
    assert imported.questionnaire.items[-1].text["en"] == "Wave 3"
    assert entry(imported, "hidden value", "The wave").fate is Fate.CHANGED


@pytest.mark.parametrize("value", ["$e{ 1 + 1 }", "${q://QID1/ChoiceGroup/SelectedChoices}"])
def test_a_branch_on_a_value_that_is_worked_out_is_lost_by_name(value: str) -> None:
    imported = read(FIRST, give("sum", value), when(field_is("sum", "2"), ask("a")))
    lost = entry(imported, "condition", "FL_when branch")
    assert lost.fate is Fate.LOST
    assert "worked out" in lost.message


def test_a_comparison_with_something_worked_out_is_lost() -> None:
    imported = read(FIRST, when(field_is("x", "${e://Field/y}"), ask("a")))
    assert entry(imported, "condition", "FL_when branch").fate is Fate.LOST


def test_a_block_in_two_branches_is_asked_of_whoever_comes_by_either() -> None:
    one, two = (logic([selected("QID1", each)]) for each in "12")
    imported = read(FIRST, when(one, ask("a"), ask("c")), when(two, ask("b"), ask("c")))
    is_one, is_two = ({"field": "answer.q1", "op": "is", "value": each} for each in "12")
    assert [page.code for page in imported.questionnaire.pages] == ["bl_first", "bl_a", "bl_b", "bl_c"]
    assert condition_of(imported, "c") == {"any": [is_one, is_two]}


def test_a_quota_that_a_branch_turns_into_the_end_ends_the_survey() -> None:
    met = expression("qo://QO_1/QuotaMet", "QuotaMet", kind="Quota") | {"QuotaID": "QO_1"}
    flow = [FIRST, when(logic([met]), {"Type": "EndSurvey", "FlowID": "FL_end"}), ask("a")]
    tree = logic([selected("QID1", "2")])
    quota = {"Name": "Two", "Occurrences": 9, "QuotaAction": "ForBranching", "Logic": tree}
    further = [{"Element": "QO", "PrimaryAttribute": "QO_1", "Payload": quota}]
    imported = read_qualtrics(written(survey(ASKED, BLOCKS, flow, further)))
    (found,) = imported.questionnaire.quotas
    assert (found.limit, found.when) == (9, {"field": "answer.q1", "op": "is", "value": "2"})
    assert entry(imported, "quota", "Two").fate is Fate.KEPT
    assert entry(imported, "condition", "FL_when branch").fate is Fate.CHANGED


@pytest.mark.parametrize(
    "drawing",
    [
        {"RandomizeQuestions": "RandomWithOnlyX", "Randomization": {"Advanced": {"TotalRandSubset": "1"}}},
        {
            "RandomizeQuestions": "Advanced",
            "Randomization": {
                "Advanced": {
                    "FixedOrder": ["QID2", "{~SubSet~}"],
                    "RandomSubSet": ["QID3", "QID4"],
                    "TotalRandSubset": 1,
                }
            },
        },
    ],
)
def test_a_block_that_asks_some_of_its_questions_draws_which(drawing: Data) -> None:
    drawn = block("BL_drawn", "QID2", "QID3", "QID4", Options=drawing)
    imported = read_qualtrics(written(survey(ASKED, [drawn])))
    group = group_of(imported)
    items = {each.code: each.show_if for each in imported.questionnaire.items}
    assert items["q4"] == {"field": f"answer.{group.code}", "op": "is", "value": "q4"}
    assert (items["q2"] is None) == (drawing["RandomizeQuestions"] == "Advanced")
    assert entry(imported, "randomisation", "BL drawn questions").fate is Fate.CHANGED


# What a flow does by Qualtrics' rules, for comparison with what its questionnaire asks.


@dataclass
class Walk:
    """One person's way through a flow; `draws` are the parts that each randomiser asks, in their order."""

    answer: str
    fields: dict[str, str]
    draws: Iterator[tuple[int, ...]]
    met: set[str] = field(default_factory=set)

    def take(self, flow: list[Data], *, is_here: bool = True) -> None:
        for step in flow:
            if step["Type"] == "Standard" and is_here:
                self.met.add(step["ID"].casefold())
            elif step["Type"] == "EmbeddedData" and is_here:
                self.fields |= {each["Field"]: each["Value"] for each in step["EmbeddedData"]}
            elif step["Type"] == "Branch":
                self.take(step["Flow"], is_here=is_here and self.holds(step["BranchLogic"]["0"]["0"]))
            elif step["Type"] == "BlockRandomizer":
                drawn = next(self.draws)
                for number, part in enumerate(step["Flow"]):
                    self.take([part], is_here=is_here and number in drawn)

    def holds(self, asked: Data) -> bool:
        left, operator = str(asked["LeftOperand"]), str(asked["Operator"])
        if left.startswith("q://"):
            return left.endswith(f"/{self.answer}")
        value = self.fields.get(left, "")
        if operator == "Empty":
            return not value
        return (value == str(asked["RightOperand"])) == (operator == "EqualTo")


def a_flow(chance: Random, level: int = 0) -> list[Data]:
    return [a_step(chance, level) for _each in range(chance.randint(1, 4 - level))]


def a_step(chance: Random, level: int) -> Data:
    kind = chance.choice(["ask", "ask", "give", "give", "when", "draw"][: 6 if level < 3 else 4])
    if kind == "ask":
        return ask(chance.choice(NAMES))
    if kind == "give":
        return give(chance.choice("xy"), chance.choice("12"))
    if kind == "when":
        compared = field_is(chance.choice("xy"), chance.choice("12"), chance.choice(["EqualTo", "NotEqualTo", "Empty"]))
        return when(
            chance.choice([compared, logic([selected("QID1", chance.choice("12"))])]), *a_flow(chance, level + 1)
        )
    parts = [a_step(chance, level + 1) for _each in range(chance.randint(2, 3))]
    return draw(1 if len(parts) == 2 else chance.choice([1, 1, 2]), *parts)


def drawn_parts(flow: list[Data]) -> Iterator[list[tuple[int, ...]]]:
    """Yield what each randomiser may ask, the outer before the inner."""
    for step in flow:
        if step["Type"] == "BlockRandomizer":
            yield list(combinations(range(len(step["Flow"])), step["SubSet"]))
        yield from drawn_parts(step.get("Flow", []))


def asked_by(questionnaire: Questionnaire, answers: dict[str, str]) -> set[str]:
    course = follow(questionnaire, answers, {})
    return {questionnaire.pages[place].code for place in course.shown} - {"bl_first"}


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 2**32))
def test_whatever_the_flow_everybody_is_asked_what_qualtrics_asks(seed: int, person: int) -> None:
    flow = a_flow(Random(seed))  # noqa: S311 - a flow, no secret
    imported = read(FIRST, *flow)
    if any(
        each.kind == "condition" and each.fate is Fate.LOST and "depends on it" not in each.message
        for each in imported.report.entries
    ):
        return
    chance, questionnaire = Random(person), imported.questionnaire  # noqa: S311 - a person, no secret
    groups = [each for each in questionnaire.items if each.is_by_chance]
    ways = list(drawn_parts(flow))
    assert len(groups) == len(ways)
    picked = [chance.randrange(len(each)) for each in ways]
    link = {name: chance.choice("12") for name in "xy" if chance.random() < 0.5}
    answers = link | {"q1": chance.choice("123")}
    answers |= {group.code: group.options[number].code for group, number in zip(groups, picked, strict=True)}
    walk = Walk(answers["q1"], dict(link), iter([way[number] for way, number in zip(ways, picked, strict=True)]))
    walk.take(flow)
    assert asked_by(questionnaire, answers) == walk.met
