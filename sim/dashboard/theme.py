"""Colours, marks, fonts and the settings of every chart, for light and dark.

A carrier has one colour and one mark everywhere (Okabe and Ito 2008: safe for colour-blind
readers). Scenarios have colours of their own and a dash each, so neither is told by colour
alone; the baseline is grey.
"""

from dataclasses import dataclass
from typing import Any, Literal

type Theme = Literal["light", "dark"]

THEMES: tuple[Theme, ...] = ("light", "dark")
FONT = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'PingFang SC', "
    "'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif"
)
MONO = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"
DASHES = ("dash", "solid", "dashdot", "dot", "longdash", "longdashdot")
MARKS = {"market": "diamond", "mobile": "circle", "unicom": "square", "telecom": "triangle-up"}
GLYPHS = {"market": "◆", "mobile": "●", "unicom": "■", "telecom": "▲"}
# The settings of every chart: nothing is sent anywhere; files are saved by the card's own buttons.
GRAPH: Any = {
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "displaylogo": False,
    "displayModeBar": False,
    "scrollZoom": False,
    "responsive": True,
}
# The component library's ten shades of dark, from text to background: a blue black, as below.
_DARK = [
    "#e9eef4",
    "#c3cdd9",
    "#9dabbb",
    "#6b7a8c",
    "#33404f",
    "#2a3542",
    "#1c2530",
    "#151c25",
    "#10161e",
    "#0d1218",
]


@dataclass(frozen=True)
class Palette:
    """The colours of one theme; `scenarios` begins with the baseline's."""

    name: Theme
    page: str
    panel: str
    ink: str
    muted: str
    grid: str
    line: str
    accent: str
    entities: dict[str, str]
    scenarios: tuple[str, ...]

    def entity(self, name: str) -> str:
        """Return the colour of a carrier or of the market; ink for any other."""
        return self.entities.get(name, self.ink)

    def scenario(self, place: int) -> str:
        """Return the colour of the scenario at `place`; the baseline stands at 0."""
        if place == 0:
            return self.scenarios[0]
        others = self.scenarios[1:]
        return others[(place - 1) % len(others)]


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        name="light",
        page="#f4f6f9",
        panel="#ffffff",
        ink="#141d2b",
        muted="#556172",
        grid="#e9edf2",
        line="#d3dae3",
        accent="#2f4bc4",
        entities={
            "market": "#3a4656",
            "mobile": "#0072b2",
            "unicom": "#d55e00",
            "telecom": "#009e73",
        },
        scenarios=("#75808d", "#d81e4a", "#a67c00", "#4a3fc0", "#0c8489", "#6b2d12", "#5b8a00"),
    ),
    "dark": Palette(
        name="dark",
        page="#0d1218",
        panel="#151c25",
        ink="#e9eef4",
        muted="#9dabbb",
        grid="#232d39",
        line="#33404f",
        accent="#93a7ff",
        entities={
            "market": "#cbd5e0",
            "mobile": "#56b4e9",
            "unicom": "#f58b4c",
            "telecom": "#2cc79b",
        },
        scenarios=("#a3afbd", "#fb4f72", "#e8c04a", "#958bff", "#4fd6d2", "#c98a68", "#a6d34c"),
    ),
}


def dash(place: int) -> str:
    """Return the line pattern of the scenario at `place`; the baseline stands at 0."""
    return DASHES[0] if place == 0 else DASHES[1 + (place - 1) % (len(DASHES) - 1)]


def translucent(colour: str, alpha: float) -> str:
    """Return a hex colour as `rgba(…)`, for bands."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha})"


def blended(ground: str, colour: str, part: float) -> str:
    """Return `part` of a hex colour over a ground, as a hex colour."""
    mixed = [
        round((1 - part) * int(ground[i : i + 2], 16) + part * int(colour[i : i + 2], 16))
        for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{value:02x}" for value in mixed)


def grid_theme(palette: Palette) -> dict[str, str]:
    """Return the look of every table, as the grid's theming expression."""
    return {
        "function": "themeQuartz.withParams({"
        f"backgroundColor: '{palette.panel}', foregroundColor: '{palette.ink}', "
        f"headerBackgroundColor: '{palette.page}', headerTextColor: '{palette.ink}', "
        f"borderColor: '{palette.line}', accentColor: '{palette.accent}', "
        "fontFamily: 'inherit', fontSize: 13, headerFontSize: 13, spacing: 6, "
        "wrapperBorderRadius: 8})"
    }


def mantine_theme() -> dict[str, Any]:
    """Return the component library's theme; its colours follow ours through CSS."""
    return {
        "fontFamily": FONT,
        "fontFamilyMonospace": MONO,
        "headings": {"fontFamily": FONT, "fontWeight": "650"},
        "colors": {"dark": _DARK},
        "primaryColor": "indigo",
        "primaryShade": {"light": 7, "dark": 4},
        "autoContrast": True,
        "defaultRadius": "md",
        "cursorType": "pointer",
        "respectReducedMotion": True,
    }
