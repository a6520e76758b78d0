"""Reads the variants of a split ballot: other wordings of an item, or its options turned round."""

from __future__ import annotations

from typing import Any

from survey_app.questionnaires.definition import Item, Variant
from survey_app.questionnaires.detail_parsing import MOST_VARIANTS
from survey_app.questionnaires.forms.texts import Form, texts_data
from survey_app.questionnaires.wording_codes import free_code
from survey_app.questionnaires.writing import to_variant

Data = dict[str, Any]
FIRST = "a"


def variants_data(form: Form, item: Item, languages: tuple[str, ...], language: str) -> list[Data]:
    """Return the variants that were typed; a button adds a wording or ends the split."""
    if "variants" not in form:
        return [to_variant(each) for each in item.variants]
    act = form.get("act", "")
    present = {each.code: each for each in item.variants}
    variants = []
    for place in range(MOST_VARIANTS):
        name = f"variants-{place}"
        if f"{name}-code" not in form:
            break
        if act != f"remove:{name}":
            variants.append(_variant(form, name, present, languages))
    if act == "add:variants":
        variants += _added([each["code"] for each in variants], language)
    # One wording alone is no split.
    return variants if len(variants) > 1 else []


def _variant(form: Form, name: str, present: dict[str, Variant], languages: tuple[str, ...]) -> Data:
    code = form[f"{name}-code"].strip()
    before = present.get(form.get(f"{name}-was", code), Variant(code))
    return {
        "code": code,
        "text": texts_data(form, f"{name}-text", languages, before.text),
        "hint": texts_data(form, f"{name}-hint", languages, before.hint),
        "reversed": f"{name}-reversed" in form,
    }


def _added(codes: list[str], language: str) -> list[Data]:
    """Return one variant more; the first split begins with the item's own wording."""
    own = [] if codes else [{"code": FIRST, "text": {}}]
    letters = [letter for letter in "abcdef" if letter not in {*codes, *(each["code"] for each in own)}]
    code = letters[0] if letters else free_code(FIRST, codes)
    return [*own, {"code": code, "text": {language: ""}}]
