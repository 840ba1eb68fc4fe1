"""The nouns of the market: names, offers, population, ledger, views, tables."""
