"""ANSWER, STORE: the respondent's pages, and the answers they leave."""
