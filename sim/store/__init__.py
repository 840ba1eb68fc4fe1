"""The results folder: what a run was made of, writing it whole, reading it back."""

SCHEMA = 1  # of every JSON and table that leaves the program
