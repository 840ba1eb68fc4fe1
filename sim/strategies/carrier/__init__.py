"""Strategies of carriers, one file each."""
