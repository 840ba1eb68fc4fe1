"""Make `python -m sim.cli` the same as `sim`."""

from sim.cli import main

main()
