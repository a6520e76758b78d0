"""Comments with themes planted in them: what was planted is known, so what is found can be judged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.verbatims import Verbatim

# Three themes in three languages; each sentence speaks of one.
PLANTED = {
    "en": (
        ("delivery arrived late", "the parcel came late again", "delivery was late by a week", "late parcel delivery"),
        ("the price is expensive", "expensive price for this", "price too expensive", "expensive, price went up"),
        ("the app crashes", "app crashes at login", "login broken in the app", "crashes after login in app"),
    ),
    "vi": (
        ("giao hàng chậm", "giao hàng rất chậm", "bưu kiện giao hàng chậm trễ", "chậm trễ khi giao hàng"),
        ("giá cả đắt đỏ", "giá cả quá đắt đỏ", "đắt đỏ so với giá cả chung", "giá cả tăng đắt đỏ"),
        ("nhân viên thân thiện", "nhân viên rất thân thiện", "thân thiện là nhân viên", "nhân viên thân thiện lắm"),
    ),
    "es": (
        ("la entrega tarde", "paquete llegó tarde", "entrega del paquete tarde", "tarde otra entrega"),
        ("precio caro", "el precio es caro", "muy caro este precio", "caro, subió el precio"),
        ("la aplicación falla", "falla al entrar en la aplicación", "aplicación falla siempre", "falla la aplicación"),
    ),
}
FILLING = ("thanks", "overall", "bought", "twice", "maybe", "summer", "friend", "green", "window", "tuesday")


@dataclass(frozen=True)
class Story:
    """Comments, which of the three themes each speaks of (n x 3), and scores with known effects."""

    comments: list[Verbatim]
    said: np.ndarray
    scores: np.ndarray


def story(
    rng: np.random.Generator, n: int, effects: tuple[float, ...] = (0.0, 0.0, 0.0), language: str = "en"
) -> Story:
    """Return n comments in which each theme occurs with probability 0.4, 0.3 and 0.25, independently."""
    said = rng.random((n, 3)) < np.array([0.4, 0.3, 0.25])
    comments = [Verbatim(_text(rng, row, language), language) for row in said]
    scores = 7 + said @ np.array(effects) + rng.normal(0, 1.5, n)
    return Story(comments, said, scores)


def _text(rng: np.random.Generator, row: np.ndarray, language: str) -> str:
    parts = [str(rng.choice(PLANTED[language][k])) for k in np.flatnonzero(row)]
    parts += [str(each) for each in rng.choice(FILLING, rng.integers(1, 4), replace=False)]
    return ". ".join(str(each) for each in rng.permutation(parts))
