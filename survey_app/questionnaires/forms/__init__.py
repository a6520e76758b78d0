"""What the designer's forms say, read into the written form of a questionnaire."""
