"""ANALYSE, REPORT: asks `analysis`, stores results, draws pages."""
