"""Items as HTML, built once per version and language: marks stand where people differ, and are filled for each.

What is kept holds nobody's answers, names or orders: it is drawn without any person at hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import current_app
from markupsafe import Markup, escape

from survey_app.questionnaires.definition import Item
from survey_app.questionnaires.piping import MARK, Values, filled_mark
from survey_app.questionnaires.rendering.days import ISO_DAY
from survey_app.questionnaires.rendering.handlers import HANDLERS
from survey_app.questionnaires.rendering.hints import has_named_points, hints_of
from survey_app.questionnaires.rendering.rankings import n_places
from survey_app.questionnaires.rendering.reading import Wording
from survey_app.questionnaires.saying import field_name, own_name

# Characters of HTML: a web process stays small however many long lists its surveys have.
MOST_KEPT = 4_000_000


@dataclass(frozen=True, slots=True)
class Controls:
    """What stands in the controls of a page, as item templates ask for it."""

    standing: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def checked(self, name: str, value: object) -> str:
        """Return the attribute of a button that is chosen."""
        return " checked" if str(value) in self.standing.get(name, ()) else ""

    def selected(self, name: str, value: object) -> str:
        """Return the attribute of a choice in a list that is chosen."""
        return " selected" if str(value) in self.standing.get(name, ()) else ""

    def text(self, name: str) -> str:
        """Return what stands in a text control; reasons chosen under the same name are no text."""
        return "".join(each for each in self.standing.get(name, ()) if not each.startswith("__"))

    def day_type(self, name: str) -> str:
        """Return the type of a control for days: browsers show in theirs only what is a day."""
        text = self.text(name)
        return "date" if not text or ISO_DAY.fullmatch(text) else "text"

    def first(self, code: str, *, is_first: bool) -> Markup:
        """Return the id of an item's first control, where errors lead."""
        return Markup(' id="{}"').format(code) if is_first else Markup()

    def begin(self, code: str) -> str:  # noqa: ARG002 - marks need the code
        """Begin a part of an item whose order may differ between people."""
        return ""

    def end(self) -> str:
        """End such a part."""
        return ""


@dataclass(frozen=True, slots=True)
class _Marks(Controls):
    """Controls with marks in place of what differs between people."""

    def checked(self, name: str, value: object) -> str:
        return f"{MARK}checked {name} {value}{MARK}"

    def selected(self, name: str, value: object) -> str:
        return f"{MARK}selected {name} {value}{MARK}"

    def text(self, name: str) -> str:
        return f"{MARK}text {name} {MARK}"

    def day_type(self, name: str) -> str:
        return f"{MARK}day_type {name} {MARK}"

    def first(self, code: str, *, is_first: bool) -> Markup:  # noqa: ARG002 - decided when the order is known
        return Markup(f"{MARK}first {code} {MARK}")  # noqa: S704 - codes are letters, digits and underscores

    def begin(self, code: str) -> str:
        return f"{MARK}begin {code} {MARK}"

    def end(self) -> str:
        return f"{MARK}end  {MARK}"


# HTML, and between each two pieces of it a mark: its kind, the control's name, the value.
Pieces = tuple[str | tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """One item as HTML: what stands before, the parts whose order may differ by their codes, what stands behind."""

    before: Pieces
    parts: Mapping[str, Pieces]
    behind: Pieces


@dataclass(frozen=True, slots=True)
class Sheet:
    """What an item is drawn for: words, the values of merge fields, the level of its heading, what is said so far."""

    words: Wording
    values: Values
    level: int
    controls: Controls


class _Shelf:
    """Skeletons that were built, by version, item, variant and language; cleared when it is full."""

    def __init__(self) -> None:
        self.skeletons: dict[tuple[object, ...], Skeleton] = {}
        self.n_characters = 0

    def add(self, key: tuple[object, ...], html: str) -> Skeleton:
        if self.n_characters + len(html) > MOST_KEPT:
            self.skeletons.clear()
            self.n_characters = 0
        self.n_characters += len(html)
        skeleton = self.skeletons[key] = _split(html)
        return skeleton


_shelf = _Shelf()


def draw_item(item: Item, sheet: Sheet) -> Markup:
    """Return an item as HTML, drawn for this sheet alone."""
    template = current_app.jinja_env.get_template(HANDLERS[item.type].template)
    html = template.render(
        item=item,
        words=sheet.words,
        level=sheet.level,
        state=sheet.controls,
        hints=hints_of(item, sheet.words),
        named=has_named_points(item),
        places=n_places(item),
        field_name=field_name,
        own_name=own_name,
    )
    return Markup(html)  # noqa: S704 - rendered by a template with autoescape


def draw_kept_item(item: Item, sheet: Sheet, key: tuple[object, ...]) -> Markup:
    """Return an item as HTML from its kept skeleton; `key` names version, form and our own language, never a person."""
    words = sheet.words
    key = (*key, words.language, sheet.level)
    skeleton = _shelf.skeletons.get(key)
    if skeleton is None:
        marked = Wording(words.language, words.languages, is_marked=True)
        skeleton = _shelf.add(key, str(draw_item(item, Sheet(marked, {}, sheet.level, _Marks()))))
    order = [part.code for part in item.rows or item.options]
    return Markup(_filled(skeleton, order, sheet))  # noqa: S704 - escaped when drawn, and by `_fill`


def _split(html: str) -> Skeleton:
    before: list[str | tuple[str, str, str]] = []
    parts: dict[str, list[str | tuple[str, str, str]]] = {}
    behind: list[str | tuple[str, str, str]] = []
    target = before
    for place, piece in enumerate(html.split(MARK)):
        mark = piece.split(" ", 2) if place % 2 else None
        if mark is None:
            target.append(piece)
        elif mark[0] == "begin":
            target = parts[mark[1]] = []
        elif mark[0] == "end":
            target = behind = []
        else:
            target.append((mark[0], mark[1], mark[2]))
    return Skeleton(tuple(before), {code: tuple(each) for code, each in parts.items()}, tuple(behind))


def _filled(skeleton: Skeleton, order: Sequence[str], sheet: Sheet) -> str:
    codes = order if skeleton.parts else ()
    done = [_joined(skeleton.before, sheet, is_first=not skeleton.parts)]
    done += [_joined(skeleton.parts[code], sheet, is_first=not place) for place, code in enumerate(codes)]
    return "".join([*done, _joined(skeleton.behind, sheet, is_first=False)])


def _joined(pieces: Pieces, sheet: Sheet, *, is_first: bool) -> str:
    return "".join([piece if isinstance(piece, str) else _fill(piece, sheet, is_first=is_first) for piece in pieces])


def _fill(mark: tuple[str, str, str], sheet: Sheet, *, is_first: bool) -> str:
    kind, name, value = mark
    controls = sheet.controls
    if kind == "checked":
        return controls.checked(name, value)
    if kind == "first":
        return str(controls.first(name, is_first=is_first))
    if kind == "p":
        return filled_mark(name, value, sheet.values, sheet.words.language)
    if kind == "selected":
        return controls.selected(name, value)
    return str(escape(controls.text(name) if kind == "text" else controls.day_type(name)))
