"""Scenarios: schema, loading, checks."""
