"""Groups that chance decides, as an XLSForm calculates them: once(if(random() < 0.5, 'a', 'b'))."""

from __future__ import annotations

from collections.abc import Sequence

from survey_app.questionnaires.interchange.answerables import UnsayableError
from survey_app.questionnaires.interchange.expressions import Node
from survey_app.questionnaires.interchange.xlsform.conditions import read_expression

RANDOM = Node("call", "random")
MOST_GROUPS = 20
# How far a written share may stand from the equal one: 0.33 is a third.
NEAR = 0.01


def drawn(codes: Sequence[str]) -> str:
    """Return the calculation that draws one of the groups, all equally likely, and keeps to it."""
    said = f"'{codes[-1]}'"
    for n_left, code in enumerate(reversed(codes[:-1]), start=2):
        said = f"if(random() < {1 / n_left:.6g}, '{code}', {said})"
    return f"once({said})"


def groups_in(calculation: str) -> list[str] | None:
    """Return the groups that a calculation draws, None where it draws none or not all alike."""
    try:
        node = read_expression(calculation)
    except UnsayableError:
        return None
    if node.kind != "call" or node.text != "once" or len(node.parts) != 1:
        return None
    found, shares = _drawn(node.parts[0])
    n = len(found)
    is_equal = all(abs(share - 1 / (n - place)) <= NEAR for place, share in enumerate(shares))
    return found if 1 < n <= MOST_GROUPS and len(set(found)) == n and is_equal else None


def _drawn(node: Node) -> tuple[list[str], list[float]]:
    """Return the groups in their order, and the share of what is left that each but the last one gets."""
    found: list[str] = []
    shares: list[float] = []
    while node.kind == "call" and node.text == "if" and len(node.parts) == 3:  # noqa: PLR2004 - the draw and both ways
        draw, group, node = node.parts
        is_draw = draw.kind == "compare" and draw.text in {"<", "<="} and draw.parts[0] == RANDOM
        if not is_draw or group.kind != "value" or draw.parts[1].kind != "value":
            return [], []
        found.append(group.text)
        shares.append(_share(draw.parts[1].text))
    return ([*found, node.text], shares) if node.kind == "value" else ([], [])


def _share(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0
