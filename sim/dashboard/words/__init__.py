"""The words of each page, in a file of its own: `EN` and `ZH`, both with the same keys.

A new page brings `words/<page>.py`; adding the file is all there is to do.
"""

import importlib
import pkgutil
from collections.abc import Iterator

from sim.core.errors import SimError


def page_words() -> Iterator[tuple[str, str, str]]:
    """Yield key, English and Chinese of every page's words; a `SimError` if one is missing."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        words = importlib.import_module(module.name)
        if words.EN.keys() != words.ZH.keys():
            keys = ", ".join(sorted(words.EN.keys() ^ words.ZH.keys()))
            raise SimError(f"{module.name}: said in one language only: {keys}")
        yield from ((key, words.EN[key], words.ZH[key]) for key in words.EN)
