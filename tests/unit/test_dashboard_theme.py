"""Colours can be told apart by everyone, and charts send nothing anywhere."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

import sim.dashboard
from sim.dashboard.data import ENTITIES
from sim.dashboard.theme import DASHES, GLYPHS, GRAPH, MARKS, PALETTES, THEMES, dash

CSS = (Path(sim.dashboard.__file__).parent / "assets" / "dashboard.css").read_text("utf-8")
# Dichromats' view in linear RGB (Viénot, Brettel and Mollon 1999).
SIGHT = {
    "normal": np.eye(3),
    "protan": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "deutan": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
}


def _linear(colour: str) -> np.ndarray:
    part = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def _contrast(one: str, other: str) -> float:
    light = sorted(float(_linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


def _lab(linear: np.ndarray) -> np.ndarray:
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    t = to_xyz @ np.clip(linear, 0, 1) / [0.9505, 1.0, 1.089]
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def _distance(one: str, other: str, sight: str) -> float:
    seen = [_lab(SIGHT[sight] @ _linear(colour)) for colour in (one, other)]
    return float(np.linalg.norm(seen[0] - seen[1]))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHT)
def test_carriers_and_the_first_scenarios_can_be_told_apart(theme, sight):
    palette = PALETTES[theme]
    carriers = [palette.entity(name) for name in ENTITIES[1:]]

    for group in (carriers, palette.scenarios[:4]):
        assert min(_distance(a, b, sight) for a, b in combinations(group, 2)) > 18


@pytest.mark.parametrize("theme", THEMES)
def test_every_mark_stands_out_from_its_panel(theme):
    palette = PALETTES[theme]

    for colour in (*palette.entities.values(), *palette.scenarios):
        assert _contrast(colour, palette.panel) >= 3.0


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read_on_page_and_panel(theme):
    palette = PALETTES[theme]

    for text in (palette.ink, palette.muted, palette.accent):
        assert min(_contrast(text, palette.page), _contrast(text, palette.panel)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_the_style_sheet_has_the_same_colours(theme):
    palette = PALETTES[theme]
    block = re.search(rf':root\[data-mantine-color-scheme="{theme}"\] {{(.*?)}}', CSS, re.DOTALL)

    assert block is not None
    for name in ("page", "panel", "ink", "muted", "grid", "line", "accent"):
        assert f"--{name}: {getattr(palette, name)};" in block[1]


def test_no_carrier_and_no_line_is_told_by_colour_alone():
    assert set(MARKS) == set(GLYPHS) == set(ENTITIES)
    assert len(set(MARKS.values())) == len(set(GLYPHS.values())) == len(ENTITIES)
    assert [dash(place) for place in range(len(DASHES))] == list(DASHES)


def test_charts_send_nothing_anywhere_and_have_no_button_of_their_own():
    assert GRAPH["showSendToCloud"] is False
    assert GRAPH["plotlyServerURL"] == ""
    assert GRAPH["displaylogo"] is False
    assert GRAPH["displayModeBar"] is False


def test_nothing_is_fetched_from_the_web():
    folder = Path(sim.dashboard.__file__).parent
    for file in [*folder.glob("assets/*"), *folder.rglob("*.py")]:
        for address in re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", file.read_text("utf-8")):
            assert address == "http://www.w3.org"  # the name of SVG, never opened
    assert "@import" not in CSS
    assert "@font-face" not in CSS
