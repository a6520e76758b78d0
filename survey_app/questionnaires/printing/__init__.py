"""Paper: what is printed is composed as a page of HTML and made a PDF by a worker, never while somebody waits.

This room prints questionnaires. A later room registers a kind of its own (a poster, a letter) and orders it:

    poster = PrintKind(what="poster", path="survey_app.campaigns.reaching.posters:compose", title=_l("Poster"))
    register_print(app, poster)
    paper = order_print(survey, {"what": "poster", "filename": "poster-en", "language": "en", …}, now, author_id)
    db.session.commit()
    return redirect(url_for("questionnaires.show_print", print_id=paper.id), 303)

`compose(survey, order)` returns the whole HTML document; it runs in the worker, with pictures as `data:` addresses,
since nothing is fetched. It raises PrintError with a sentence where there is nothing to print.
"""

from __future__ import annotations

from survey_app.questionnaires.printing.ordering import MAKE, TooManyPrintsError, order_print
from survey_app.questionnaires.printing.registry import PrintError, PrintKind, print_kind, register_print

__all__ = ["MAKE", "PrintError", "PrintKind", "TooManyPrintsError", "order_print", "print_kind", "register_print"]
