"""Reliability: how consistently several items measure one thing."""

from analysis.reliability.consistency import cronbach_alpha
from analysis.reliability.omega import mcdonald_omega
from analysis.reliability.people import ReliabilityOptions
from analysis.reliability.scales import reliability

__all__ = ["ReliabilityOptions", "cronbach_alpha", "mcdonald_omega", "reliability"]
