"""Campaigns that make themselves: waves that come again, and surveys that follow something that happened."""
