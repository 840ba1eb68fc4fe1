"""The rules of the market: pure functions of arrays, each with its source."""
