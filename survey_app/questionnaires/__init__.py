"""DESIGN: questionnaires, their versions, languages and checks."""
