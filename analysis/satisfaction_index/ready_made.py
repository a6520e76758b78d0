"""The two national customer satisfaction models, ready for a survey's own items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.satisfaction_index.models import Ends, Mode, PathModel

_ECSI = (
    ("Image", "Expectation"),
    ("Expectation", "Quality"),
    ("Expectation", "Value"),
    ("Quality", "Value"),
    ("Image", "Satisfaction"),
    ("Expectation", "Satisfaction"),
    ("Quality", "Satisfaction"),
    ("Value", "Satisfaction"),
    ("Satisfaction", "Complaints"),
    ("Image", "Loyalty"),
    ("Satisfaction", "Loyalty"),
    ("Complaints", "Loyalty"),
)
_ACSI = (
    ("Expectation", "Quality"),
    ("Expectation", "Value"),
    ("Quality", "Value"),
    ("Expectation", "Satisfaction"),
    ("Quality", "Satisfaction"),
    ("Value", "Satisfaction"),
    ("Satisfaction", "Complaints"),
    ("Satisfaction", "Loyalty"),
    ("Complaints", "Loyalty"),
)
_ECSI_CONSTRUCTS = ("Image", "Expectation", "Quality", "Value", "Satisfaction", "Complaints", "Loyalty")
_ACSI_CONSTRUCTS = _ECSI_CONSTRUCTS[1:]


def ecsi_model(
    items: Mapping[str, Sequence[str]],
    scales: Ends | Mapping[str, Ends] = (1, 10),
    modes: Mapping[str, Mode | str] | Mode | str = Mode.A,
) -> PathModel:
    """Return the European model: twelve paths between seven constructs, each measured by the items given.

    Image leads to Expectation, Satisfaction and Loyalty; Expectation to Quality, Value and Satisfaction; Quality to
    Value and Satisfaction; Value to Satisfaction; Satisfaction to Complaints and Loyalty; Complaints to Loyalty
    (Tenenhaus, Esposito Vinzi, Chatelin & Lauro 2005). `items` maps exactly these seven names to item codes; scales and
    modes are those of `PathModel`. Raises ValueError for a construct that is missing or not of the model.
    """
    return PathModel(_blocks(items, _ECSI_CONSTRUCTS, "European"), _ECSI, scales, modes)


def acsi_model(
    items: Mapping[str, Sequence[str]],
    scales: Ends | Mapping[str, Ends] = (1, 10),
    modes: Mapping[str, Mode | str] | Mode | str = Mode.A,
) -> PathModel:
    """Return the American model: nine paths between six constructs, each measured by the items given.

    Expectation leads to Quality, Value and Satisfaction; Quality to Value and Satisfaction; Value to Satisfaction;
    Satisfaction to Complaints and Loyalty; Complaints to Loyalty (Fornell, Johnson, Anderson, Cha & Bryant 1996).
    `items` maps exactly these six names to item codes; the rest is as in `ecsi_model`.
    """
    return PathModel(_blocks(items, _ACSI_CONSTRUCTS, "American"), _ACSI, scales, modes)


def _blocks(items: Mapping[str, Sequence[str]], constructs: tuple[str, ...], name: str) -> Mapping[str, Sequence[str]]:
    """Return the blocks in the order of the model; raise ValueError unless exactly its constructs are given."""
    missing = [each for each in constructs if each not in items]
    other = [each for each in items if each not in constructs]
    if missing or other:
        raise ValueError(
            f"The {name} model has the constructs {', '.join(constructs)}; "
            f"missing: {', '.join(missing) or 'none'}; not of the model: {', '.join(other) or 'none'}. "
            "For any other structure write a PathModel."
        )
    return {each: items[each] for each in constructs}
