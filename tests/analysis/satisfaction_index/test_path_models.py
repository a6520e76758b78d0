"""A path model says what is wrong with it."""

from __future__ import annotations

from typing import Any

import pytest

from analysis.satisfaction_index import IndexOptions, Mode, PathModel, Scheme, acsi_model, ecsi_model
from analysis.values.scores import Scale

BLOCKS = {"A": ("a1", "a2"), "B": ("b1",), "C": ("c1", "c2")}
PATHS = (("A", "B"), ("B", "C"))


def changed(**parts: Any) -> PathModel:
    return PathModel(**({"blocks": BLOCKS, "paths": PATHS, "scales": (1, 10)} | parts))


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"paths": (*PATHS, ("C", "A"))}, "in a circle through A, B, C"),
        ({"paths": (*PATHS, ("A", "A"))}, "in a circle through A"),
        ({"paths": (*PATHS, ("A", "D"))}, "names D, which is no construct"),
        ({"paths": (*PATHS, "A->B")}, "given twice: A->B"),
        ({"paths": (("A", "B"),)}, "No path touches C"),
        ({"paths": (("A", "B", "C"),)}, "from one construct to another"),
        ({"paths": ("A to B",)}, "from one construct to another"),
        ({"blocks": BLOCKS | {"C": ("c1", "a1")}}, "Item a1 is used twice: in A and in C"),
        ({"blocks": BLOCKS | {"C": ("c1", "c1")}}, "Item c1 is used twice: in C and in C"),
        ({"blocks": BLOCKS | {"C": ()}}, "C has no items"),
        ({"blocks": {}, "paths": ()}, "needs constructs"),
        ({"scales": {"a1": (1, 10)}}, "Declare the scale of a2, b1, c1, c2"),
        ({"modes": {"D": "A"}}, "D, which is no construct"),
        ({"modes": {"A": "C"}}, "A mode is A or B, not C"),
    ],
)
def test_a_model_that_makes_no_sense_is_refused_in_words(parts: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        changed(**parts)


@pytest.mark.parametrize("ends", [(10, 1), (5, 5), (1, float("inf")), (float("nan"), 10)])
def test_a_scale_without_extent_is_refused_with_its_item(ends: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="Item a1 needs a low end below its high end"):
        changed(scales=dict.fromkeys(("a1", "a2", "b1", "c1", "c2"), ends))


def test_paths_may_be_written_with_arrows_and_scales_as_values() -> None:
    written = changed(paths=("A -> B", "B->C"), scales=dict.fromkeys(("a1", "a2", "b1", "c1", "c2"), Scale(1, 10)))
    assert written.pairs == PATHS
    assert written.ends == changed().ends
    assert changed(blocks=BLOCKS | {"B": "b1"}).items == ("a1", "a2", "b1", "c1", "c2")


def test_a_mode_may_be_given_for_all_or_for_one() -> None:
    assert changed(modes="B").mode("A") is Mode.B
    assert changed(modes={"A": "B"}).mode("A") is Mode.B
    assert changed(modes={"A": "B"}).mode("C") is Mode.A


def test_the_ready_made_models_want_exactly_their_constructs() -> None:
    items = {name: (name.lower(),) for name in ("Expectation", "Quality", "Value", "Satisfaction", "Complaints")}
    with pytest.raises(ValueError, match="missing: Loyalty"):
        acsi_model(items)
    american = acsi_model(items | {"Loyalty": ("loyalty",)})
    assert len(american.pairs) == 9
    assert american.leading_to("Satisfaction") == ("Expectation", "Quality", "Value")
    with pytest.raises(ValueError, match="missing: Image"):
        ecsi_model(items | {"Loyalty": ("loyalty",)})
    with pytest.raises(ValueError, match="not of the model: Image"):
        acsi_model(items | {"Loyalty": ("loyalty",), "Image": ("image",)})
    european = ecsi_model({"Image": ("image",)} | items | {"Loyalty": ("loyalty",)})
    assert len(european.pairs) == 12
    assert european.outcome == "Loyalty"


@pytest.mark.parametrize("wrong", [{"level": 1.0}, {"n_draws": 1}, {"tolerance": 0.0}, {"scheme": "horst"}])
def test_options_that_do_not_exist_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"lies between|at least|valid"):
        IndexOptions(**wrong)


def test_options_take_names_for_their_values() -> None:
    assert IndexOptions(scheme="centroid").scheme is Scheme.CENTROID


def test_a_target_that_nothing_leads_to_is_refused() -> None:
    with pytest.raises(ValueError, match="A is no construct that a path leads to"):
        IndexOptions(target="A").target_of(changed())


def test_a_model_needs_ten_respondents_for_each_path_and_each_formative_item() -> None:
    blocks = {"A": tuple(f"a{i}" for i in range(8)), "B": ("b",)}
    wide = PathModel(blocks, ("A->B",), (1, 5), {"A": "B"})
    assert IndexOptions().needed(wide) == 80
    assert IndexOptions().needed(changed()) == 50
    assert IndexOptions(least_base=5).needed(changed()) == 10
