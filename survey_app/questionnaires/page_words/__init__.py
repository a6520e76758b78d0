"""The words that respondents' pages say beside the questionnaire's own texts, in any language."""
