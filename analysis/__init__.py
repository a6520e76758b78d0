"""Statistics of customer satisfaction: arrays in, frozen results out.

Nothing here knows Flask, SQLAlchemy, files, the clock or the screen. Every figure leaves as an
`Estimate` (value, interval, base, method) or, where the base cannot carry it, as a `Refusal` with
its reason. Formulas and sources stand in the docstrings and in docs/statistics/.
"""
