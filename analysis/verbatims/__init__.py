"""Open answers in any language: words, phrases, themes, and what goes with them.

Nothing is downloaded and no language needs a model of its own: words are cut by the kinds of their characters,
phrases and themes are learned from the comments at hand. Formulas and sources: docs/statistics/verbatims.md.
"""

from analysis.verbatims.commenting import commenting
from analysis.verbatims.distinctive import Comment, VerbatimOptions, distinctive_words, log_odds_ratios
from analysis.verbatims.effects import EffectOptions, Scored, theme_effects
from analysis.verbatims.themes import ThemeOptions, mentions, themes
from analysis.verbatims.vocabulary import Verbatim, term_table, terms_of
from analysis.verbatims.words import words_of

__all__ = [
    "Comment",
    "EffectOptions",
    "Scored",
    "ThemeOptions",
    "Verbatim",
    "VerbatimOptions",
    "commenting",
    "distinctive_words",
    "log_odds_ratios",
    "mentions",
    "term_table",
    "terms_of",
    "theme_effects",
    "themes",
    "words_of",
]
