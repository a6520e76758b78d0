"""The values that statistics exchange with the rest of the product.

Standard library only: web pages may import this package without loading pandas or statsmodels.
"""

from analysis.values.codebook import Codebook, Item, MissingReason, Role
from analysis.values.estimates import Base, Estimate, Interval, Note, Refusal, as_data

__all__ = [
    "Base",
    "Codebook",
    "Estimate",
    "Interval",
    "Item",
    "MissingReason",
    "Note",
    "Refusal",
    "Role",
    "as_data",
]
