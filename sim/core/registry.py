"""Names to classes: one file adds itself, nothing else changes."""

import importlib
import pkgutil
import threading
from collections.abc import Callable
from importlib.metadata import entry_points

from sim.core.errors import SimError, did_you_mean

PLUGIN_GROUP = "sim.plugins"


class Registry[T]:
    """Hold what a package defines, by name; import the package's files on first use.

    Packages outside this repository join by an entry point in the group `sim.plugins`
    that names a module to import.
    """

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self._package = package
        self._items: dict[str, T] = {}
        self._begun = self._loaded = False
        self._loading = threading.RLock()

    def add[U](self, name: str) -> Callable[[U], U]:
        """Return a decorator that registers its target under `name`."""

        def register(item: U) -> U:
            if name in self._items:
                raise SimError(f"two definitions of the {self.kind} '{name}'")
            self._prepare(item, name)
            self._items[name] = item  # type: ignore[assignment]  # U is a T by convention
            return item

        return register

    def _prepare(self, item: object, name: str) -> None:
        """Tell an item its name, where a kind of registry needs that."""

    def get(self, name: str) -> T:
        """Return the item called `name`; a `SimError` suggests the nearest name."""
        self._load()
        if name not in self._items:
            raise SimError(f"unknown {self.kind} '{name}'{did_you_mean(name, self._items)}")
        return self._items[name]

    def names(self) -> list[str]:
        """Return all names in alphabetical order."""
        self._load()
        return sorted(self._items)

    def items(self) -> list[tuple[str, T]]:
        """Return all (name, item) pairs in alphabetical order."""
        self._load()
        return sorted(self._items.items())

    def _load(self) -> None:
        if not self._loaded:
            with self._loading:  # others wait until all names are there
                self._import()

    def _import(self) -> None:
        if self._begun:
            return  # a file asks while it is being imported, or another thread was first
        self._begun = True
        package = importlib.import_module(self._package)
        for module in pkgutil.iter_modules(package.__path__, f"{self._package}."):
            importlib.import_module(module.name)
        for plugin in entry_points(group=PLUGIN_GROUP):
            plugin.load()
        self._loaded = True
