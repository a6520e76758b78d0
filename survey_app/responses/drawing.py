"""The respondent's pages as HTML: one inline style allowed by its hash, nothing else loaded."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, current_app, render_template
from flask import Response as Answer
from flask_babel import gettext as _
from markupsafe import Markup

from survey_app.questionnaires.definition import Questionnaire
from survey_app.questionnaires.rendering.pages import PageState, render_page_body, styles_of
from survey_app.questionnaires.rendering.reading import Wording
from survey_app.questionnaires.saying import own_name
from survey_app.responses.dressing import NONCE_HOLE, PLAIN, Dress, dress_of, dressed
from survey_app.responses.kiosk import refresh_of
from survey_app.responses.links import STAFF, Link
from survey_app.responses.privacy import privacy_lines
from survey_app.responses.rows import Asker
from survey_app.responses.submissions import signed
from survey_app.responses.wording import typed_words
from survey_app.web.languages import speech_mark

EXTENSION = "survey_app.responses"
SEND_PAGE = "_send"
SHEETS = {
    "base": "respondent.css",
    "scales": "scales.css",
    "choices": "choices.css",
    "battery": "battery.css",
    "kiosk": "kiosk.css",
    "looks": "looks.css",
    "fields": "fields.css",
    "own": "own.css",
    "rtl": "rtl.css",
}
MOST_KEPT = 500
# Stands in kept pages where each person's own submission id goes; no text of ours or theirs contains NUL.
_HOLE = "\0submission\0"
_BODY_HOLE = "\0body\0"
_CACHE_RULES = {True: "private, no-cache", False: "no-store"}


@dataclass(frozen=True, slots=True)
class Style:
    """The inline stylesheets, and the policy that allows nothing else."""

    base: str
    scales: str
    choices: str
    battery: str
    kiosk: str
    looks: str
    fields: str
    own: str
    rtl: str
    policy: str


@dataclass(frozen=True, slots=True)
class View:
    """One page as one person sees it; `index` beyond the last page means that nothing is left but to send."""

    link: Link
    questionnaire: Questionnaire
    language: str
    index: int
    is_last: bool
    has_back: bool = False
    state: PageState = field(default_factory=PageState)
    # The introduction, and what becomes of the answers, stand before the first questions.
    is_first: bool = False
    # Nothing is saved yet.
    is_fresh: bool = False
    notice: str = ""
    # Hidden values of the link's address, which the form brings back.
    carried: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """A page without questions: heading, lines, whom to ask, and what somebody typed in vain."""

    heading: str
    lines: tuple[str, ...]
    asker: Asker | None = None
    typed: tuple[tuple[str, str], ...] = ()
    dress: Dress = PLAIN
    # Where a person may go from here, by address and words; the first is the likeliest.
    ways: tuple[tuple[str, str], ...] = ()
    # All went well, and a tick says so at a glance.
    is_done: bool = False


def bind(app: Flask) -> None:
    """Read the styles once, and say in one policy that they alone are allowed."""
    folder = Path(str(app.template_folder)) / "layouts"
    # Our own files, and never escaped: an escaped > would be another style than the one the policy allows.
    styles = {name: Markup(_small((folder / file).read_text(encoding="utf-8"))) for name, file in SHEETS.items()}  # noqa: S704 - ours
    allowed = " ".join(f"'sha256-{_digest(style)}'" for style in styles.values())
    policy = (
        f"default-src 'none'; style-src {allowed}; img-src 'self' data:; form-action 'self'; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    app.extensions[EXTENSION] = Style(policy=policy, **styles)
    app.jinja_env.globals["respondent_style"] = app.extensions[EXTENSION]
    app.jinja_env.globals["nonce_hole"] = NONCE_HOLE


def _digest(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def draw_page(view: View, submission: str, status: int = 200) -> Answer:
    """Return a page of the questionnaire as the server's answer; blank first pages are kept and only filled in."""
    number = signed(submission, view.link.scope)
    # A blank public form may be shown again when its visitor steps back, with what they typed into it.
    dress = dress_of(view.link)
    may_keep = view.is_fresh and view.link.invitation is None and not dress.module
    return answer(_drawn(view, number), status, may_keep=may_keep, dress=dress)


def draw_message(status: int, language: str, message: Message) -> Answer:
    """Return a page that says one thing and asks nothing; drawn once for everybody to whom it says the same."""
    key = (language, speech_mark(), message)
    # Addresses beside the page's own are alike for everybody; whole ones hold a person's token.
    is_for_all = not message.typed and not any(address.startswith("/") for address, _words in message.ways)
    html = _pages.get(key) if is_for_all else None
    if html is None:
        html = render_template("responses/message.html", language=language, message=message, dress=message.dress)
        if is_for_all:
            _keep(key, html)
    page = answer(html, status, dress=message.dress)
    refresh = refresh_of(message.dress, status)
    if refresh:
        page.headers["Refresh"] = refresh
    return page


def answer(html: str, status: int, *, may_keep: bool = False, dress: Dress = PLAIN) -> Answer:
    """Return HTML with the headers that respondents' pages carry."""
    style: Style = current_app.extensions[EXTENSION]
    policy, html = dressed(style.policy, html, dress)
    response = Answer(html, status)
    response.headers["Content-Security-Policy"] = policy
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = _CACHE_RULES[may_keep]
    return response


def language_names(languages: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return each language with its own name for itself."""
    return [(tag, own_name(tag)) for tag in languages]


def _drawn(view: View, number: str) -> str:
    """Return a page as HTML; what is alike for everybody was drawn before, and only holes are filled in."""
    if not _has_frame_for_all(view):
        return _page(view, number, _body(view))
    if _is_blank(view):
        return _kept(view, _blank_body).replace(_HOLE, number)
    # The body last: nothing that somebody typed is looked through for holes.
    return _kept(view, _hole_body).replace(_HOLE, number).replace(_BODY_HOLE, _body(view) or "")


def _has_frame_for_all(view: View) -> bool:
    """Return whether all but the questions is alike for everybody on this page."""
    # Staff's pages carry a token of their session; errors stand in the title, merge fields in any text.
    is_for_all = not view.notice and not view.carried and view.link.channel != STAFF
    return is_for_all and not view.state.errors and not view.state.piped


def _is_blank(view: View) -> bool:
    return view.is_fresh and view.state == PageState()


def _kept(view: View, body: Callable[[View], Markup | None]) -> str:
    """Return a page with holes, drawn once for everybody who sees it alike."""
    row = view.link.row
    key = (
        row.version_digest,
        row.identification,
        view.link.channel,
        view.link.is_test,
        view.language,
        view.link.asker,
        view.index,
        (view.is_last, view.has_back, view.is_first, view.is_fresh),
        dress_of(view.link),
        body,
    )
    html = _pages.get(key) if row.version_digest else None
    if html is None:
        html = _page(view, _HOLE, body(view))
        _keep(key, html)
    return html


def _body(view: View) -> Markup | None:
    """Return the questions of a page, or None where nothing is left but to send."""
    if view.index >= len(view.questionnaire.pages):
        return None
    page = view.questionnaire.pages[view.index]
    return render_page_body(view.questionnaire, page, view.state, view.language, view.link.row.version_digest or "")


def _blank_body(view: View) -> Markup | None:
    return _body(replace(view, state=PageState()))


def _hole_body(view: View) -> Markup | None:
    return Markup(_BODY_HOLE) if view.index < len(view.questionnaire.pages) else None  # noqa: S704 - a constant of ours


_pages: dict[tuple[object, ...], str] = {}


def _keep(key: tuple[object, ...], html: str) -> None:
    if len(_pages) >= MOST_KEPT:
        _pages.clear()
    _pages[key] = html


def _place_words(questionnaire: Questionnaire, number: int, count: int) -> str:
    """Return how far a person has come; where every page asks one question, in questions."""
    if all(sum(item.is_visible for item in page.items) <= 1 for page in questionnaire.pages):
        return _("Question %(number)s of %(count)s", number=number, count=count)
    return _("Page %(number)s of %(count)s", number=number, count=count)


def _page(view: View, submission: str, body: Markup | None) -> str:
    questionnaire, index = view.questionnaire, view.index
    is_question = index < len(questionnaire.pages)
    page = questionnaire.pages[index] if is_question else None
    # Of those that have something to see: the number never falls behind, however many pages are passed over.
    seen = [place for place, each in enumerate(questionnaire.pages) if any(item.is_visible for item in each.items)]
    number = seen.index(index) + 1 if is_question else 0
    return render_template(
        "responses/page.html",
        view=view,
        submission=submission,
        styles=styles_of(page),
        body=body,
        page_code=page.code if page else SEND_PAGE,
        onward="send" if view.is_last else "next",
        number=number,
        n_pages=len(seen),
        place=_place_words(questionnaire, number, len(seen)),
        words=Wording(view.language, questionnaire.languages, view.state.piped),
        language=view.language,
        languages=language_names(questionnaire.languages),
        privacy=privacy_lines(view.link, questionnaire),
        carried=f"&{urlencode(view.carried)}" if view.carried else "",
        dress=dress_of(view.link),
    )


def _small(style: str) -> str:
    """Return a stylesheet without the blanks that only its authors need."""
    style = re.sub(r"\s+", " ", style)
    style = re.sub(r"\s*([{};,>])\s*", r"\1", style)
    return re.sub(r":\s+", ":", style).replace(";}", "}").strip()


def typed_lines(
    questionnaire: Questionnaire, language: str, typed: Mapping[str, list[str]]
) -> tuple[tuple[str, str], ...]:
    """Return what somebody typed, each under its question, for a page that can no longer take it."""
    words = Wording(language, questionnaire.languages)
    lines = []
    for item in questionnaire.items:
        wordings = {row.code: words(row.text) for row in item.rows} or {item.code: words(item.text)}
        for code, wording in wordings.items():
            said = ", ".join(typed_words(item, code, typed, words))
            if said:
                lines.append((wording, said))
    return tuple(lines)
