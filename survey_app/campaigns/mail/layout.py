"""Mail layout: MJML drawn by mrml, styles put on the elements by css-inline, so that every mail program shows it.

What people wrote never passes through either: marks stand for it while the page is drawn, and the escaped words take
their places afterwards. So nobody's text can become markup, and both tools meet plain ASCII only.
"""

from __future__ import annotations

import re
import secrets

import css_inline
import mrml
from flask import current_app
from markupsafe import Markup, escape

# Neither fonts nor style sheets of others: a mail fetches nothing but the logo.
_OPTIONS = mrml.RenderOptions(fonts={}, disable_comments=True)
_BLANK_LINES = re.compile(r"\n\s*\n+")


class Sheet:
    """One mail being drawn: remembers what stands behind each mark."""

    def __init__(self) -> None:
        """Begin with marks that nobody can guess."""
        self._name = f"mark{secrets.token_hex(6)}"
        self._kept: list[str] = []
        self._marks = re.compile(rf"{self._name}n(\d+)e")

    def put(self, text: str) -> str:
        """Return the mark for a text that stands there as plain words."""
        return self._keep(str(escape(text)))

    def put_lines(self, text: str) -> str:
        """Return the mark for a text whose line ends are kept."""
        return self._keep("<br>".join(str(escape(line)) for line in text.strip().split("\n")))

    def paragraphs(self, text: str) -> list[str]:
        """Return a mark for each paragraph of a text."""
        return [self.put_lines(part) for part in _BLANK_LINES.split(text.replace("\r\n", "\n").strip()) if part.strip()]

    def finished(self, drawn: str) -> str:
        """Return the drawn page with all words in their places."""
        return self._marks.sub(lambda mark: self._kept[int(mark.group(1))], drawn)

    def _keep(self, html: str) -> str:
        self._kept.append(html)
        return f"{self._name}n{len(self._kept) - 1}e"


def draw(template: str, facts: dict[str, object], sheet: Sheet) -> str:
    """Return the mail's HTML; raise ValueError where the layout itself is no MJML."""
    source = current_app.jinja_env.get_template(template).render(facts | {"sheet": sheet, "Markup": Markup})
    try:
        page = mrml.to_html(source, render_options=_OPTIONS).content
    except OSError as error:
        message = f"the mail layout {template} is not well formed: {error}"
        raise ValueError(message) from error
    inliner = css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)
    return sheet.finished(inliner.inline(page))
