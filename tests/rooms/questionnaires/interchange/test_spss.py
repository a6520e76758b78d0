"""SPSS labels: syntax that fits the CSV of answers and keeps to SPSS's limits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.datasets.exports import ABOUT, Columns
from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.interchange.formats import FORMATS, in_language
from survey_app.questionnaires.interchange.native import read_text
from survey_app.questionnaires.interchange.spss.syntax import (
    LONGEST_LABEL,
    LONGEST_LINE,
    LONGEST_NAME,
    comment,
    is_name,
    quoted,
    shortened,
)
from tests.factories.generated_questionnaires import questionnaires

EXAMPLE = Path(__file__).parents[4] / "docs" / "examples" / "every-type.yaml"


def syntax_of(questionnaire: Questionnaire) -> str:
    return FORMATS["spss"].write(questionnaire).content.decode("utf-8-sig")


def commands_of(syntax: str) -> list[str]:
    """Return the commands as SPSS reads them: each begins a line, and ends where a line ends with a full stop."""
    return [each.strip() for each in re.split(r"\.\n", syntax) if each.strip()]


def example() -> Questionnaire:
    return read_text(EXAMPLE.read_bytes())


def test_every_column_of_the_answers_has_a_label() -> None:
    questionnaire = example()
    columns = set(Columns(questionnaire.codebook(), shows_contacts=False).names())
    labelled = set(re.findall(r"^VARIABLE LABELS (\S+)$", syntax_of(questionnaire), re.MULTILINE))
    assert columns <= labelled
    assert labelled - columns - set(ABOUT) <= {
        *(f"variant.{item.code}" for item in questionnaire.items),
        *(f"{item.code}_{option.code}" for item in questionnaire.items for option in item.options),
    }


def test_values_missing_answers_and_levels_are_said() -> None:
    said = commands_of(syntax_of(example()))
    nps = next(each for each in said if each.startswith("VALUE LABELS nps\n"))
    assert '\n 0 "Not at all likely"' in nps
    assert '\n -999993 "don\'t know"' in nps
    assert 'IF (nps.missing = "dont_know") nps = -999993' in said
    assert "MISSING VALUES nps (-999995 THRU -999991)" in said
    assert {"VARIABLE LEVEL nps (SCALE)", "VARIABLE LEVEL csat (ORDINAL)", "VARIABLE LEVEL usage (NOMINAL)"} <= set(
        said
    )
    assert "MISSING VALUES usage (' ')" in said


def test_a_choice_of_several_becomes_a_set_of_yes_and_no() -> None:
    several = next(item for item in example().items if item.type == "multiple")
    said = syntax_of(example())
    for option in several.options:
        assert f';{option.code};") > 0' in said
    assert f"MRSETS /MDGROUP NAME=${several.code}\n" in said


def test_labels_are_in_the_language_that_was_chosen() -> None:
    questionnaire = example()
    other = next(tag for tag in questionnaire.languages[1:] if questionnaire.items[1].text.get(tag))
    label = quoted(questionnaire.items[1].text[other])
    assert label not in syntax_of(questionnaire)
    assert label in syntax_of(in_language(questionnaire, other))
    assert in_language(questionnaire, "tlh") == questionnaire


@pytest.mark.parametrize("name", ["by", "with", "q1.", "1q", "q 1", "q" * 65, "_q", "q-1"])
def test_names_that_spss_refuses_are_known(name: str) -> None:
    assert not is_name(name)


def test_a_column_that_spss_cannot_name_is_named_in_the_report() -> None:
    code = "q" * 60
    native = {
        "title": {"en": "Long"},
        "languages": ["en"],
        "pages": [{"code": "p", "items": [{"code": code, "type": "text", "text": {"en": "Why?"}}]}],
    }
    exported = FORMATS["spss"].write(read_text(str(native)))
    assert [each.name for each in exported.report.entries if each.fate == "lost"] == [f"{code}.missing"]
    assert f"VARIABLE LABELS {code}\n" in exported.content.decode()


@given(st.text(max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_text_can_be_quoted_and_is_read_back(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    written = quoted(text)
    assert all(len(line.encode()) <= LONGEST_LINE for line in written.split("\n"))
    pieces = [each.strip().removesuffix(" +") for each in written.split("\n")]
    read = "".join(each[1:-1].replace('""', '"') for each in pieces)
    assert read == shortened(" ".join(text.split()), LONGEST_LABEL)
    assert len(read.encode()) <= LONGEST_LABEL


@given(st.text(max_size=300))
@settings(max_examples=40, deadline=None)
def test_no_full_stop_ends_a_comment_early(text: str) -> None:
    lines = comment(text.encode("utf-8", "ignore").decode()).split("\n")
    assert all(not line.endswith(".") for line in lines[:-1])
    assert all(line.startswith("* ") for line in lines)


@given(questionnaires(most_pages=2))
@settings(max_examples=15, deadline=None)
def test_any_questionnaire_keeps_to_the_limits(questionnaire: Questionnaire) -> None:
    said = syntax_of(questionnaire)
    assert all(len(line.encode()) <= LONGEST_LINE for line in said.split("\n"))
    names = re.findall(r"^VARIABLE LABELS (\S+)$", said, re.MULTILINE)
    assert len(names) == len(set(names))
    assert all(len(name.encode()) <= LONGEST_NAME for name in names)
