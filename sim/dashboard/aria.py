"""What assistive technology is told about a part of the page."""

from typing import Any


def aria(**said: str) -> dict[str, Any]:
    """Return attributes such as `aria-label`, to be spread into a component."""
    return {f"aria-{name}": text for name, text in said.items()}
