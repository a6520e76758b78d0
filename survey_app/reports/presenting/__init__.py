"""From a stored result to words, charts and tables: nothing is computed here, only said."""
