"""The library as pages of docs/, in Markdown: made from the same files as the pages of the program."""

from __future__ import annotations

from survey_app.questionnaires.library.instruments import Instrument
from survey_app.questionnaires.library.plans import Construct, Method
from survey_app.questionnaires.names import role_names, type_names

NOTE = (
    "<!-- Made by `survey-app library pages docs/library`; change the files in survey_app/questionnaires/library. -->"
)
ECSI = """Run it on an export of the answers (`survey-app responses export --survey CODE > answers.csv`):

```python
import numpy as np
import pandas as pd

from analysis.satisfaction_index import ecsi_model, satisfaction_index

model = ecsi_model(
    {blocks},
    (1, 10),
)
found = satisfaction_index(pd.read_csv("answers.csv"), model, np.random.default_rng(1))
```
"""


def index_page(instruments: tuple[Instrument, ...]) -> str:
    """Return the list of all instruments."""
    lines = [
        NOTE,
        "",
        "# The library of ready questionnaires",
        "",
        "Twelve instruments in English, Vietnamese and Spanish, in our own wording, each with sources, scoring and a",
        "plan for the analysis. In the program they stand under Surveys → Library. Change what does not fit,",
        "the rows of batteries above all: they should name what your customers really meet.",
        "",
        "| instrument | minutes | questions | for |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| [{each.says(each.plan.title)}]({each.plan.name}.md) | {each.minutes} | {each.n_questions} "
        f"| {each.says(each.plan.purpose)} |"
        for each in instruments
    ]
    return "\n".join(lines) + "\n"


def instrument_page(instrument: Instrument) -> str:
    """Return what is to be known of one instrument."""
    plan, says = instrument.plan, instrument.says
    parts = [
        NOTE,
        f"# {says(plan.title)}",
        says(plan.purpose),
        _length(instrument),
        "## Use",
        _use(instrument),
        "## Scoring",
        _method(instrument, plan.headline),
        "## Analysis",
        "\n".join(f"- {_method(instrument, each)}" for each in plan.analyses),
        *_constructs(instrument),
        "## Questions",
        _questions(instrument),
        "## Limits",
        says(plan.limits),
        "## Sources",
        "\n".join(f"- {source}" for source in plan.sources)
        + "\n\nThe sources define what is measured. The sentences are our own.",
    ]
    return "\n\n".join(parts) + "\n"


def _length(instrument: Instrument) -> str:
    minutes = instrument.minutes[:1].upper() + instrument.minutes[1:]
    path = f"../../survey_app/questionnaires/library/{instrument.plan.name}.yaml"
    return f"{minutes}, {instrument.n_questions} questions at most. [The questionnaire]({path})."


def _use(instrument: Instrument) -> str:
    plan, says = instrument.plan, instrument.says
    facts = {
        "When": says(plan.when),
        "Whom": says(plan.whom),
        "How often": says(plan.cadence),
        "Base": instrument.base,
        "Low scores": f"{instrument.alert} {says(plan.act)}",
    }
    return "\n".join(f"- **{name}.** {text}" for name, text in facts.items())


def _method(instrument: Instrument, method: Method) -> str:
    return f"{instrument.says(method.text)} [{method.page}](../{method.page})"


def _constructs(instrument: Instrument) -> list[str]:
    if not instrument.plan.constructs:
        return []
    rows = "\n".join(_construct(instrument, each) for each in instrument.plan.constructs)
    table = f"| construct | items |\n| --- | --- |\n{rows}"
    return ["## Constructs", table, *_model(instrument)]


def _construct(instrument: Instrument, construct: Construct) -> str:
    name = instrument.says(construct.name)
    label = f"{name} (`{construct.code}`)" if construct.code else name
    return f"| {label} | {', '.join(f'`{code}`' for code in construct.codes)} |"


def _model(instrument: Instrument) -> list[str]:
    if not instrument.plan.model:
        return []
    blocks = {each.code: list(each.codes) for each in instrument.plan.constructs}
    written = "".join(f'        "{code}": {list(codes)},\n'.replace("'", '"') for code, codes in blocks.items())
    return [ECSI.format(blocks="{\n" + written + "    }").rstrip()]


def _questions(instrument: Instrument) -> str:
    rows = ["| code | question | type | role |", "| --- | --- | --- | --- |"]
    types, roles = type_names(), role_names()
    for item in instrument.questionnaire.items:
        role = roles.get(item.role, "") if item.role else ""
        primary = f"{role}, primary" if item.is_primary else role
        rows.append(f"| `{item.code}` | {instrument.says(item.text)} | {types[item.type]} | {primary} |")
        rows += [f"| `{row.code}` | … {instrument.says(row.text)} | | |" for row in item.rows]
    return "\n".join(rows)
