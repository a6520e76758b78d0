"""Words by which an item shows that it asks about something personal, and what that makes of it."""

from __future__ import annotations

import re

from survey_app.questionnaires.definition import Item, ItemType

# Income, age, health, belief, politics, origin, sexuality: what people rather keep to themselves.
_TOUCHY = {
    "en": r"\b(income|salary|earn|how old|your age|date of birth|health|illness|disabilit\w+|religio\w+|politic\w+"
    r"|ethnic\w*|sexual\w*|gender|debts?)\b",
    "es": r"\b(ingresos|salario|sueldo|edad|fecha de nacimiento|salud|enfermedad\w*|discapacidad|religi\w+|polític\w+"
    r"|étnic\w+|sexual\w*|género|deudas?)\b",
    "vi": r"(thu nhập|mức lương|bao nhiêu tuổi|độ tuổi|ngày sinh|sức khỏe|sức khoẻ|bệnh|khuyết tật|tôn giáo|chính trị"
    r"|dân tộc|giới tính|nợ nần)",
}
TOUCHY = {tag: re.compile(pattern, re.IGNORECASE) for tag, pattern in _TOUCHY.items()}
# Codes and fields that say who somebody is.
PERSONAL = re.compile(
    r"(^|_|\.)(first_?name|last_?name|full_?name|name|e?_?mail|phone|mobile|address|birth\w*|passport)($|_)"
)
NOT_PERSONAL = re.compile(r"(product|brand|store|shop|branch|campaign|company|course|event)_?name")


def is_sensitive(item: Item) -> bool:
    """Return whether an item asks for what many people rather keep to themselves."""
    if item.type in {ItemType.STATEMENT, ItemType.HIDDEN, ItemType.CONTACT}:
        return False
    return any(
        pattern.search(text)
        for tag, text in item.text.items()
        if (pattern := TOUCHY.get(tag.split("-", maxsplit=1)[0])) is not None
    )


def is_personal(item: Item) -> bool:
    """Return whether an item's answers say who somebody is: contact details, or a hidden name or address."""
    if item.type is ItemType.CONTACT:
        return True
    if item.type is not ItemType.HIDDEN or item.is_by_chance:
        return False
    return any(PERSONAL.search(name) and not NOT_PERSONAL.search(name) for name in (item.code, item.source or ""))
