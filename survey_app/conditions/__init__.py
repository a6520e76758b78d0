"""Typed condition trees, one mechanism for routing, segments and alerts."""
