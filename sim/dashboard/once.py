"""What a server has one of, whichever of its threads asks first."""

from collections.abc import Callable
from functools import cache, wraps
from threading import Lock


def once[T](make: Callable[[], T]) -> Callable[[], T]:
    """Return `make` as a function that makes one and always gives that.

    `functools.cache` alone makes two where two threads ask for the first at a time.
    """
    lock, made = Lock(), cache(make)

    @wraps(make)
    def the_one() -> T:
        with lock:
            return made()

    return the_one
