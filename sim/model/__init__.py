"""The market as a Mesa model, and what its month posts and records."""

from sim.model.market import Market

__all__ = ["Market"]
