"""Small Qualtrics surveys of our own, in the shape in which Qualtrics writes them."""

from __future__ import annotations

import json
from typing import Any

Data = dict[str, Any]


def choices(*words: str) -> Data:
    return {str(number): {"Display": each} for number, each in enumerate(words, start=1)}


def question(qid: str, kind: str, words: str, **more: Any) -> Data:
    """Return a question; `kind` is type, selector and subselector joined by strokes."""
    type_, selector, sub = (*kind.split("/"), "", "")[:3]
    own: Data = {
        "QuestionID": qid,
        "DataExportTag": qid.lower().replace("qid", "q"),
        "QuestionText": words,
        "QuestionType": type_,
        "Selector": selector,
        "Validation": {"Settings": {"ForceResponse": "OFF", "Type": "None"}},
        "Language": {"FR": {"QuestionText": f"{words} (fr)"}},
    }
    if sub:
        own["SubSelector"] = sub
    own |= more
    if "Choices" in own and "ChoiceOrder" not in own:
        own["ChoiceOrder"] = list(own["Choices"])
    return own


def expression(left: str, operator: str, right: str | None = None, joint: str = "", kind: str = "Question") -> Data:
    found = {
        "LogicType": kind,
        "LeftOperand": left,
        "Operator": operator,
        "Type": "Expression",
        "Description": f"<b>If</b><i>{left}</i>",
    }
    return found | ({"RightOperand": right} if right is not None else {}) | ({"Conjuction": joint} if joint else {})


def logic(*sets: list[Data], joints: tuple[str, ...] = ()) -> Data:
    """Return a boolean expression of sets of expressions."""
    kinds = ("If", *joints)
    return {
        **{
            str(number): {**{str(place): each for place, each in enumerate(one)}, "Type": kinds[number]}
            for number, one in enumerate(sets)
        },
        "Type": "BooleanExpression",
    }


def selected(qid: str, choice: str, joint: str = "") -> Data:
    return expression(f"q://{qid}/SelectableChoice/{choice}", "Selected", joint=joint)


def block(id_: str, *elements: str | Data, **more: Any) -> Data:
    """Return a block; a bar is a page break, any other text a question's id."""
    found = [
        {"Type": "Page Break"}
        if each == "|"
        else {"Type": "Question", "QuestionID": each}
        if isinstance(each, str)
        else each
        for each in elements
    ]
    return {"Type": "Standard", "ID": id_, "Description": id_.replace("_", " "), "BlockElements": found, **more}


def survey(
    questions: list[Data], blocks: list[Data], flow: list[Data] | None = None, further: list[Data] | None = None
) -> Data:
    """Return a whole file."""
    root = (
        flow
        if flow is not None
        else [{"Type": "Block", "ID": each["ID"], "FlowID": f"FL_{each['ID']}"} for each in blocks]
    )
    elements = [
        {"Element": "BL", "PrimaryAttribute": "Survey Blocks", "Payload": blocks},
        {"Element": "FL", "Payload": {"Type": "Root", "FlowID": "FL_1", "Flow": root}},
        {
            "Element": "SO",
            "Payload": {"BackButton": "false", "AnonymizeResponse": "Yes", "AvailableLanguages": {"EN": [], "FR": []}},
        },
        {"Element": "STAT", "Payload": {"MobileCompatible": True}},
        *({"Element": "SQ", "PrimaryAttribute": each["QuestionID"], "Payload": each} for each in questions),
        *(further or []),
    ]
    return {
        "SurveyEntry": {"SurveyID": "SV_1", "SurveyName": "Our shop", "SurveyLanguage": "EN"},
        "SurveyElements": elements,
    }


def written(data: Any) -> bytes:
    return json.dumps(data).encode()


FIVE = ("Very dissatisfied", "Dissatisfied", "Neither", "Satisfied", "Very satisfied")


def every_type() -> list[Data]:
    """Return a question of every type."""
    three, scale = choices("Price", "Service", "Speed"), choices("Poor", "Fair", "Good")
    number = {
        "Settings": {
            "ForceResponse": "ON",
            "Type": "ContentType",
            "ContentType": "ValidNumber",
            "ValidNumber": {"Min": "1", "Max": "9", "NumDecimals": "0"},
        }
    }
    total = {"Settings": {"Type": "ChoicesTotal", "ChoiceTotal": "100"}}
    some = {
        "Settings": {"Type": "MinChoices", "MinChoices": "1", "MaxChoices": "2", "ForceResponse": "RequestResponse"}
    }
    other = {
        **choices("Red", "Blue"),
        "3": {"Display": "Other", "TextEntry": "true"},
        "4": {"Display": "None", "ExclusiveAnswer": "true"},
    }
    parts = {
        "1": {
            "QuestionText": "Now",
            "QuestionType": "Matrix",
            "Selector": "Likert",
            "SubSelector": "SingleAnswer",
            "Choices": three,
            "Answers": scale,
        },
        "2": {
            "QuestionText": "Later",
            "QuestionType": "Matrix",
            "Selector": "Likert",
            "SubSelector": "DL",
            "Choices": three,
            "Answers": choices("A", "B"),
        },
    }
    return [
        question(
            "QID1", "MC/SAVR/TX", "Which?", Choices=other, RecodeValues={"1": "7", "2": "9", "3": "11", "4": "13"}
        ),
        question("QID2", "MC/MAVR/TX", "Which ones?", Choices=other, Validation=some, Randomization={"Type": "All"}),
        question(
            "QID3",
            "MC/NPS",
            "Would you recommend us?",
            Choices=[{"Display": str(each)} for each in range(11)],
            ColumnLabels=[{"Display": "Never"}, {"Display": "Surely"}],
        ),
        question("QID4", "MC/SAHR/TX", "How satisfied are you?", Choices=choices(*FIVE)),
        question("QID5", "MC/DL", "Pick", Choices=three),
        question(
            "QID6", "Matrix/Likert/SingleAnswer", "Rate", Choices=three, Answers=scale, AnswerOrder=["3", "2", "1"]
        ),
        question("QID7", "Matrix/Likert/MultipleAnswer", "Tick", Choices=three, Answers=scale),
        question("QID8", "Matrix/TE/Short", "Write", Choices=three, Answers=choices("Why")),
        question("QID9", "Matrix/Bipolar", "Between", Choices=three, Answers=choices(*"abcde")),
        question("QID10", "Matrix/MaxDiff", "Best and worst", Choices=three, Answers=choices("Best", "Worst")),
        question("QID11", "Matrix/RO", "Rank in rows", Choices=three, Answers=scale),
        question("QID12", "Matrix/CS", "Numbers in cells", Choices=three, Answers=scale),
        question("QID13", "TE/SL", "Short", QuestionJS="alert(1)"),
        question("QID14", "TE/ML", "Long, about ${q://QID1/ChoiceGroup/SelectedChoices} and ${rand://int/1:9}"),
        question("QID15", "TE/FORM", "Form", Choices=choices("Name", "Town")),
        question("QID16", "TE/SL", "How many?", Validation=number),
        question("QID17", "TE/PW", "Secret"),
        question("QID18", "CS/VRTL/TX", "Share out", Choices=three, Validation=total),
        question("QID19", "CS/HBAR", "Numbers", Choices=three),
        question("QID20", "RO/DND/TX", "Order", Choices=three),
        question("QID21", "DB/TB", "<script>x()</script>Read <b onclick='x()'>this</b>"),
        question("QID22", "DB/GRB", "A picture"),
        question(
            "QID23",
            "Slider/HSLIDER",
            "Slide",
            Choices=three,
            Configuration={"CSSliderMin": 0, "CSSliderMax": 10, "NumDecimals": "1"},
            Labels=choices("Low", "High"),
        ),
        question("QID24", "Slider/STAR", "Stars", Choices=choices("Us"), Configuration={"StarCount": 5}),
        question("QID25", "SBS/SBSMatrix", "Side by side", Choices=three, AdditionalQuestions=parts),
        question("QID26", "Timing/PageTimer", "Timing", Choices=choices("First Click", "Last Click")),
        question("QID27", "Meta/Browser", "Browser", Choices=choices("Browser", "Version")),
        question("QID28", "FileUpload/FileUpload", "File"),
        question("QID29", "HeatMap/Image", "Heat"),
        question("QID30", "Draw/Signature", "Sign"),
        question("QID31", "HotSpot/OnOff", "Spot", Choices=three),
        question("QID32", "Captcha/V2", "Captcha"),
        question("QID33", "PGR/DragAndDrop", "Groups", Choices=three, Groups=["A", "B"]),
        question("QID34", "Whatever/New", "New"),
        question(
            "QID35",
            "MC/SAVR/TX",
            "Which of these?",
            Choices=[],
            DynamicChoices={"Locator": "q://QID2/ChoiceGroup/SelectedChoices", "Type": "Dynamic"},
        ),
    ]


def whole() -> Data:
    """Return a survey with every type of question and every kind of logic."""
    questions = every_type()
    questions[4]["DisplayLogic"] = logic([selected("QID1", "1")])
    questions[6]["Choices"] = {
        **questions[6]["Choices"],
        "2": {"Display": "Service", "DisplayLogic": logic([selected("QID2", "2")])},
    }
    questions[5]["Choices"] = {
        **questions[5]["Choices"],
        "2": {"Display": "Service", "DisplayLogic": logic([selected("QID2", "2")])},
    }
    ids = [each["QuestionID"] for each in questions]
    skip = {
        "SkipLogicID": 1,
        "ChoiceLocator": "q://QID1/SelectableChoice/2",
        "Condition": "Selected",
        "SkipToDestination": "QID4",
    }
    blocks = [
        block(
            "BL_one",
            {"Type": "Question", "QuestionID": "QID1", "SkipLogic": [skip]},
            *ids[1:6],
            "|",
            *ids[6:12],
            Type="Default",
        ),
        block("BL_two", *ids[12:25], Options={"RandomizeQuestions": "true"}),
        block("BL_three", *ids[25:]),
        block("BL_left", "QID40"),
        {
            "Type": "Trash",
            "ID": "BL_trash",
            "Description": "Trash",
            "BlockElements": [{"Type": "Question", "QuestionID": "QID41"}],
        },
    ]
    flow: list[Data] = [
        {
            "Type": "EmbeddedData",
            "FlowID": "FL_2",
            "EmbeddedData": [{"Field": "Plan", "Type": "Recipient"}, {"Field": "Wave", "Value": "3"}],
        },
        {"Type": "Block", "ID": "BL_one", "FlowID": "FL_3"},
        {
            "Type": "Branch",
            "FlowID": "FL_4",
            "BranchLogic": logic([expression("Plan", "EqualTo", "gold", kind="EmbeddedField")]),
            "Flow": [{"Type": "Standard", "ID": "BL_two", "FlowID": "FL_5"}],
        },
        {
            "Type": "Branch",
            "FlowID": "FL_6",
            "BranchLogic": logic([selected("QID5", "3")]),
            "Flow": [{"Type": "EndSurvey", "FlowID": "FL_7", "Options": {"ResponseFlag": "Screened"}}],
        },
        {
            "Type": "BlockRandomizer",
            "FlowID": "FL_8",
            "SubSet": 1,
            "Flow": [{"Type": "Standard", "ID": "BL_three", "FlowID": "FL_9"}],
        },
        {"Type": "WebService", "FlowID": "FL_10", "URL": "http://x"},
        {"Type": "EndSurvey", "FlowID": "FL_11"},
    ]
    unused = [
        question("QID40", "TE/SL", "Left out"),
        question("QID41", "TE/SL", "In the trash"),
        question("QID42", "TE/SL", "Nowhere"),
    ]
    quota = {
        "Name": "Red",
        "Occurrences": 50,
        "QuotaAction": "EndCurrentSurvey",
        "Logic": logic([selected("QID1", "1")]),
    }
    counting = {
        "Name": "Count",
        "Occurrences": "9",
        "QuotaAction": "ForBranching",
        "Logic": logic([selected("QID1", "1")]),
    }
    further = [
        {"Element": "QO", "PrimaryAttribute": "QO_1", "Payload": quota},
        {"Element": "QO", "Payload": counting},
        {"Element": "QG", "Payload": []},
    ]
    return survey([*questions, *unused], blocks, flow, further)
