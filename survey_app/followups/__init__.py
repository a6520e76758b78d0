"""FOLLOW UP: alert rules, cases, and the customer's history."""
