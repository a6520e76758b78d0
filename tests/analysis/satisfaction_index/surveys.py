"""Generated surveys with a known structure, and a plain PLS on raw scores to compare with."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from analysis.satisfaction_index import IndexOptions, PathFit, PathModel, path_model_fit, satisfaction_index
from analysis.values import Note
from analysis.values.satisfaction_index import SatisfactionIndex

BLOCKS = {
    "Image": ("i1", "i2", "i3"),
    "Quality": ("q1", "q2", "q3", "q4"),
    "Value": ("v1", "v2"),
    "Satisfaction": ("s1", "s2", "s3"),
    "Complaints": ("c1",),
    "Loyalty": ("l1", "l2"),
}
PATHS = (
    ("Image", "Quality"),
    ("Quality", "Value"),
    ("Image", "Satisfaction"),
    ("Quality", "Satisfaction"),
    ("Value", "Satisfaction"),
    ("Satisfaction", "Complaints"),
    ("Satisfaction", "Loyalty"),
    ("Complaints", "Loyalty"),
)
MODEL = PathModel(BLOCKS, PATHS, (1, 10))
QUICK = IndexOptions(n_draws=200)


def a_survey(seed: int = 1, n: int = 300) -> pd.DataFrame:
    """Return ratings from 1 to 10: every construct is half made by what leads to it."""
    rng = np.random.default_rng(seed)
    scores: dict[str, np.ndarray] = {}
    for construct in BLOCKS:
        leading = [scores[start] for start, end in PATHS if end == construct]
        scores[construct] = (np.mean(leading, axis=0) * 0.8 if leading else 0.0) + rng.normal(size=n) * 0.8
    columns = {}
    for construct, items in BLOCKS.items():
        for place, item in enumerate(items):
            rating = 6.5 + 1.6 * scores[construct] + (0.7 + 0.3 * place) * rng.normal(size=n)
            columns[item] = np.clip(np.rint(rating), 1, 10)
    return pd.DataFrame(columns)


def fit(items: pd.DataFrame, model: PathModel = MODEL, **chosen: object) -> PathFit:
    found = path_model_fit(items, model, options=IndexOptions(**chosen))
    assert isinstance(found, PathFit), found
    return found


@cache
def an_index() -> SatisfactionIndex:
    found = satisfaction_index(a_survey(), MODEL, np.random.default_rng(3), options=QUICK)
    assert isinstance(found, SatisfactionIndex), found
    return found


def noted(notes: tuple[Note, ...], code: str) -> list[Note]:
    return [each for each in notes if each.code == code]


class PlainPls:
    """The textbook iteration on columns of scores, one construct after the other, rows in hand."""

    def __init__(self, items: pd.DataFrame, model: PathModel, scheme: str) -> None:
        self.model, self.scheme = model, scheme
        data = ((items - items.mean()) / items.std(ddof=1)).to_numpy()
        places = {name: [items.columns.get_loc(item) for item in block] for name, block in model.blocks.items()}
        self.blocks = {name: data[:, place] for name, place in places.items()}
        self.scores = {name: self.standard(block.sum(axis=1)) for name, block in self.blocks.items()}
        for _ in range(60):
            self.scores = {name: self.outer(name, self.inner(name)) for name in model.constructs}
        for name, block in self.blocks.items():
            loadings = block.T @ self.scores[name]
            self.scores[name] = self.scores[name] * (np.sign(np.sign(loadings).sum()) or np.sign(loadings.sum()))

    def standard(self, column: np.ndarray) -> np.ndarray:
        return (column - column.mean()) / column.std(ddof=1)

    def inner(self, name: str) -> np.ndarray:
        leading = list(self.model.leading_to(name))
        following = [end for start, end in self.model.pairs if start == name]
        parts = {each: np.corrcoef(self.scores[each], self.scores[name])[0, 1] for each in (*leading, *following)}
        if self.scheme == "centroid":
            parts = {each: np.sign(figure) for each, figure in parts.items()}
        if self.scheme == "path" and leading:
            parts |= self.regressed(name, leading)
        return np.sum([figure * self.scores[each] for each, figure in parts.items()], axis=0)

    def regressed(self, name: str, on: list[str]) -> dict[str, float]:
        table = np.column_stack([self.scores[each] for each in on])
        return dict(zip(on, np.linalg.lstsq(table, self.scores[name], rcond=None)[0].tolist(), strict=True))

    def outer(self, name: str, proxy: np.ndarray) -> np.ndarray:
        block = self.blocks[name]
        formative = self.model.mode(name) == "B"
        weights = np.linalg.lstsq(block, proxy, rcond=None)[0] if formative else block.T @ proxy
        return self.standard(block @ weights)

    def paths(self) -> dict[tuple[str, str], float]:
        return {
            (start, name): figure
            for name in self.model.constructs
            if self.model.leading_to(name)
            for start, figure in self.regressed(name, list(self.model.leading_to(name))).items()
        }
