"""The web dashboard: stored comparisons as findings, charts and tables, in two languages."""
