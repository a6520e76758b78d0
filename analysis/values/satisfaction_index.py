"""What a satisfaction index found: indices on 0 to 100, what leads to what, and how well each construct is measured."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.values.drivers import Quadrant
from analysis.values.estimates import Base, Estimate, Note, Refusal


@dataclass(frozen=True, slots=True)
class MeasuredItem:
    """One item of a construct, turned round first where lower is better.

    `weight` makes the standardised score from standardised items, `loading` is the correlation with that score,
    `index_weight` the part of the 0-100 index (0..1, the construct's sum to 1). `cross_loadings` are the correlations
    with every construct, by its name. `vif` is the variance inflation within a mode B block, None elsewhere.
    """

    code: str
    weight: Estimate
    loading: Estimate
    index_weight: Estimate
    cross_loadings: dict[str, Estimate]
    vif: float | None = None


@dataclass(frozen=True, slots=True)
class Reliability:
    """How well the items of a construct go together.

    Cronbach's alpha (of items on 0-100, and of standardised ones), composite reliability rho_c, Dijkstra & Henseler's
    rho_A, average variance extracted. All are 1 by convention for a single item, and refused (`formative-block`) for a
    mode B block, whose items need not go together.
    """

    alpha: Estimate | Refusal
    alpha_standardised: Estimate | Refusal
    rho_c: Estimate | Refusal
    rho_a: Estimate | Refusal
    ave: Estimate | Refusal


@dataclass(frozen=True, slots=True)
class Construct:
    """One construct: its index and how it is measured.

    `index` is 0 (worst) to 100 (best), `index_sd` its standard deviation between respondents, `r_squared` is there
    where something leads to the construct.
    """

    code: str
    mode: str
    index: Estimate
    index_sd: Estimate
    r_squared: Estimate | None
    reliability: Reliability
    items: tuple[MeasuredItem, ...]

    def item(self, code: str) -> MeasuredItem:
        """Return the item with this code; raise KeyError when it is not in the block."""
        for each in self.items:
            if each.code == code:
                return each
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class PathCoefficient:
    """One path: `standardised` per standard deviation, `unstandardised` in index points of the target per point."""

    driver: str
    target: str
    standardised: Estimate
    unstandardised: Estimate


@dataclass(frozen=True, slots=True)
class Effect:
    """All that goes from one construct to another.

    `direct` along its own path (0 where there is none), `indirect` through others, `total` both, standardised;
    `unstandardised` is the total in index points per point.
    """

    driver: str
    target: str
    direct: float
    indirect: float
    total: Estimate
    unstandardised: Estimate


@dataclass(frozen=True, slots=True)
class ConstructPair:
    """Two constructs: the correlation of their scores, and their heterotrait-monotrait ratio unless in mode B."""

    first: str
    second: str
    correlation: Estimate
    htmt: Estimate | Refusal


@dataclass(frozen=True, slots=True)
class IndexPoint:
    """A construct on the map: importance (unstandardised total effect on the target) against performance (its index).

    `place` is where the point lies, `quadrant` the same or `UNCLEAR`, `stability` the share of draws that agree.
    `notes` flag a negative weight, with which neither axis can be read as usual.
    """

    construct: str
    importance: Estimate
    performance: Estimate
    place: Quadrant
    quadrant: Quadrant
    stability: float
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexMap:
    """Importance and performance of everything that leads to the target; the lines stand at the means over points."""

    target: str
    points: tuple[IndexPoint, ...]
    importance_line: float
    performance_line: float
    base: Base
    method: str
    source: str
    notes: tuple[Note, ...] = ()

    def point(self, construct: str) -> IndexPoint:
        """Return the point of a construct; raise KeyError when it does not lead to the target."""
        for each in self.points:
            if each.construct == construct:
                return each
        raise KeyError(construct)


@dataclass(frozen=True, slots=True)
class FrozenItem:
    """An item's part of an index: `weight` (a construct's sum to 1), and its declared ends and direction."""

    construct: str
    item: str
    weight: float
    low: float
    high: float
    higher_is_better: bool


@dataclass(frozen=True, slots=True)
class FrozenWeights:
    """The index weights of one wave, to be kept for later ones: index = 100 sum of weight (x - low) / (high - low)."""

    items: tuple[FrozenItem, ...]

    @property
    def constructs(self) -> tuple[str, ...]:
        """Return the constructs in the order of their items."""
        return tuple(dict.fromkeys(each.construct for each in self.items))


@dataclass(frozen=True, slots=True)
class SatisfactionIndex:
    """A path model fitted to one sample, every figure with its bootstrap interval.

    `n_draws` counts the draws behind the intervals, `iterations` those of the fit (the most, over imputations).
    """

    constructs: tuple[Construct, ...]
    paths: tuple[PathCoefficient, ...]
    effects: tuple[Effect, ...]
    pairs: tuple[ConstructPair, ...]
    map: IndexMap
    weights: FrozenWeights
    scheme: str
    base: Base
    n_draws: int
    iterations: int
    method: str
    source: str
    notes: tuple[Note, ...] = ()

    def construct(self, code: str) -> Construct:
        """Return the construct with this name; raise KeyError when the model has none."""
        for each in self.constructs:
            if each.code == code:
                return each
        raise KeyError(code)

    def path(self, driver: str, target: str) -> PathCoefficient:
        """Return the path between two constructs; raise KeyError where there is none."""
        for each in self.paths:
            if (each.driver, each.target) == (driver, target):
                return each
        raise KeyError(driver, target)

    def effect(self, driver: str, target: str) -> Effect:
        """Return the total effect of one construct on another; raise KeyError where no path leads there."""
        for each in self.effects:
            if (each.driver, each.target) == (driver, target):
                return each
        raise KeyError(driver, target)


@dataclass(frozen=True, slots=True)
class ConstructChange:
    """One construct's index in two waves.

    `before` is the first wave's index. `after_fixed` is the later wave's with the first wave's weights and
    `after_re_estimated` with weights of its own; `change_fixed` and `change_re_estimated` are their differences from
    `before`, and `weight_effect` is what new weights alone add.
    """

    construct: str
    before: Estimate
    after_fixed: Estimate
    after_re_estimated: Estimate
    change_fixed: Estimate
    change_re_estimated: Estimate
    weight_effect: Estimate


@dataclass(frozen=True, slots=True)
class IndexChange:
    """The change of every index between two waves, with weights held at the first wave and re-estimated beside it."""

    constructs: tuple[ConstructChange, ...]
    base_before: Base
    base_after: Base
    n_draws: int
    method: str
    source: str
    notes: tuple[Note, ...] = ()

    def construct(self, code: str) -> ConstructChange:
        """Return the change of one construct; raise KeyError when the model has none."""
        for each in self.constructs:
            if each.construct == code:
                return each
        raise KeyError(code)
