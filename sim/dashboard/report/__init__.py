"""A comparison as one HTML file that needs nothing else: no server, no network."""

from sim.dashboard.report.page import report as report
