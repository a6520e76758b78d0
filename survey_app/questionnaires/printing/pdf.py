"""HTML to PDF: the only module that loads WeasyPrint, and only in a worker; it needs the system's Pango."""

from __future__ import annotations

from weasyprint import HTML
from weasyprint.urls import URLFetcher


def pdf_of(html: str) -> bytes:
    """Return an HTML document as a tagged PDF; it may hold pictures as `data:` addresses, nothing is fetched."""
    fetcher = URLFetcher(allowed_protocols=("data",))
    pdf: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(pdf_tags=True)
    return pdf
