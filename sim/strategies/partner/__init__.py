"""Strategies of partners, one file each."""
