"""A campaign before it is sent: its four steps, and what is checked."""
