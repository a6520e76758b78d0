"""HTML as plain text: paragraphs and links stay readable, and what cannot be text is counted."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

# Beyond it nothing of ours could hold the text anyway.
LONGEST_SOURCE = 100_000
# No tag reaches over a "<", so that a walk over any input takes a time that grows with its length only.
_TAG = re.compile(
    r"""<(/?)([a-zA-Z][a-zA-Z0-9:-]*)((?:"[^"<]*"|'[^'<]*'|[^<>"'])*+)>|<(/?)([a-zA-Z][a-zA-Z0-9:-]*)([^<>]*)>"""
)
_HIDDEN_PARTS = ("script", "style", "head", "template", "noscript")
_BREAKS = frozenset(
    {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote"}
)
_MEDIA = frozenset({"img", "video", "audio", "iframe", "object", "embed", "svg", "canvas", "source", "picture"})
_CONTROLS = frozenset({"input", "button", "select", "textarea", "form"})
_HANDLER = re.compile(r"(?:^|[\s\"'/])on[a-z]{3,30}\s*=|javascript\s*:", re.IGNORECASE)
_ADDRESS = re.compile(r"""(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_DESCRIPTION = re.compile(r"""(?:^|\s)alt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n ?(?:\n ?)+")


@dataclass(frozen=True, slots=True)
class Plain:
    """A text without markup, and how many tags, scripts (with handlers) and pictures or other media it lost."""

    text: str
    n_tags: int = 0
    n_scripts: int = 0
    n_media: int = 0
    is_cut: bool = False

    @property
    def is_unchanged(self) -> bool:
        """Return whether the text held no markup at all."""
        return not (self.n_tags or self.n_scripts or self.n_media or self.is_cut)


@dataclass(slots=True)
class _Counts:
    tags: int = 0
    scripts: int = 0
    media: int = 0
    addresses: list[str] = field(default_factory=list)


def plain_text(source: object) -> Plain:
    """Return what a person reads in a piece of HTML; a text without any comes back as it is, without outer blanks."""
    whole = source if isinstance(source, str) else "" if source is None else str(source)
    text, counts = whole[:LONGEST_SOURCE].replace("\r\n", "\n").replace("\r", "\n"), _Counts()
    if "<" not in text and "&" not in text:
        return Plain(text.strip(), is_cut=len(whole) > LONGEST_SOURCE)
    text = _without_hidden_parts(text, counts)
    if "<" in text and _TAG.search(text):
        # In HTML a line end is a blank; only tags break lines.
        text = _TAG.sub(lambda match: _replacement(match, counts), text.replace("\n", " "))
    text = html.unescape(text).replace("\xa0", " ")
    text = _LINES.sub("\n\n", _BLANKS.sub(" ", text)).replace(" \n", "\n").replace("\n ", "\n").strip()
    return Plain(text, counts.tags, counts.scripts, counts.media, is_cut=len(whole) > LONGEST_SOURCE)


def _without_hidden_parts(text: str, counts: _Counts) -> str:
    text, n_comments = _cut_out(text, "<!--", "-->")
    counts.tags += n_comments
    for name in _HIDDEN_PARTS:
        text, n_parts = _cut_out(text, f"<{name}", f"</{name}>")
        counts.scripts += n_parts if name == "script" else 0
        counts.tags += 0 if name == "script" else n_parts
    return text


def _cut_out(text: str, opening: str, closing: str) -> tuple[str, int]:
    """Return the text without what stands between two marks (to the end where the second is missing), and how often."""
    lowered = text.lower() if text.isascii() else _ascii_lower(text)
    kept, position, n_found = [], 0, 0
    while (start := lowered.find(opening, position)) >= 0:
        kept.append(text[position:start])
        end = lowered.find(closing, start)
        position = len(text) if end < 0 else end + len(closing)
        n_found += 1
    return "".join([*kept, text[position:]]), n_found


def _ascii_lower(text: str) -> str:
    """Lower A to Z only, so that every character keeps its place."""
    return re.sub("[A-Z]", lambda match: match[0].lower(), text)


def _replacement(match: re.Match[str], counts: _Counts) -> str:
    closing, name, inside = match.group(1, 2, 3) if match[2] else match.group(4, 5, 6)
    name, is_closing = name.lower(), bool(closing)
    counts.tags += not is_closing
    counts.scripts += _HANDLER.search(inside) is not None
    if name == "a":
        return _link(inside, counts, is_closing=is_closing)
    if name in _MEDIA and not is_closing:
        counts.media += 1
        described = _DESCRIPTION.search(inside)
        return f" {described[1] or described[2] or ''} " if described else " "
    return _break(name, is_closing=is_closing)


def _break(name: str, *, is_closing: bool) -> str:
    if name == "li":
        return "" if is_closing else "\n- "
    if name == "p":
        return "\n\n" if is_closing else "\n"
    if name in {"td", "th"} or name in _CONTROLS:
        return " "
    return "\n" if name in _BREAKS else ""


def _link(inside: str, counts: _Counts, *, is_closing: bool) -> str:
    """Leave the address behind a link's words, since a plain text has no other place for it."""
    if is_closing:
        address = counts.addresses.pop() if counts.addresses else ""
        return f" ({address})" if address else ""
    found = _ADDRESS.search(inside)
    address = (found[1] or found[2] or found[3] or "").strip() if found else ""
    counts.addresses.append(address if address.lower().startswith(("http://", "https://", "mailto:")) else "")
    return ""
