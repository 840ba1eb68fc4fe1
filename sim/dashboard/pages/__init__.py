"""Pages: each file is one page with its address, its title and its callbacks."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dash import Dash
from dash.development.base_component import Component

from sim.core.registry import Registry
from sim.dashboard.scene import Choices


@dataclass(frozen=True)
class Page:
    """One page of the dashboard.

    Attributes
    ----------
    place : where it stands in the menu, the smallest first
    path : its address, beginning with "/"
    title : key of the message that names it
    layout : what it shows for these choices, of this results folder
    callbacks : adds what makes it move, once for each app
    """

    place: int
    path: str
    title: str
    layout: Callable[[Choices, Path], Component]
    callbacks: Callable[[Dash, Path], None]


pages: Registry[Page] = Registry("page", "sim.dashboard.pages")


def in_order() -> list[Page]:
    """Return all pages as they stand in the menu."""
    return sorted((page for _, page in pages.items()), key=lambda page: (page.place, page.path))
