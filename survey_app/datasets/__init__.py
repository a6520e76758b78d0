"""The bridge between stored answers and DataFrames; imports and exports of answers."""
