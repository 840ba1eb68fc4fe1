"""Foundations: errors, registry, addressed random numbers, money, units, calendar."""
