"""Customers and interactions taken out by command."""
