"""A desk: a few worker processes that answer many readers of one page.

Kernels hold the interpreter's lock, so threads of one process would answer one after the other:
workers are processes. What readers wait for comes first, and only what each asked last. What they
wish to have later, such as more seeds, one worker does while nobody waits: it pauses between two
months as soon as somebody does, and drops a wish that is taken back. A wish in work that somebody
comes to wait for is finished first.
"""

import math
import multiprocessing
import os
import signal
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from ctypes import c_bool, c_double
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Self, cast

from sim.core.errors import SimError
from sim.studies.executors import one_thread

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from sim.studies.live import Answer, Live

ANSWERS = 1_000  # kept, of about 40 kB each
FAILURES = 100
READERS = 100  # whose wishes are kept
WISHES = 400  # of one reader
PATIENCE = 60.0  # seconds that a reader waits at most
WORKERS = 2  # for what readers wait for; there is one more for wishes
PAUSE = 0.004  # seconds between two looks whether somebody still waits
QUIET = 0.03  # seconds for each reader who is here, in which nobody asks, before wishes go on
HERE = 2.0  # seconds since a reader's last move or look, within which they count as here

type Signals = tuple[Any, Any, Any]  # hold, drop, seconds of quiet; shared between processes
type Outcome = "Answer | SimError | None"  # None: dropped


class DeskError(SimError):
    """There is no answer, through no fault of the scenario; the message says what to do."""


@dataclass(frozen=True)
class Ask:
    """What is simulated: names and numbers, so that they can travel."""

    scenario: str  # canonical JSON
    seed: int


@dataclass
class Task:
    """An ask on its way; its future holds None once the reader's next one took its place."""

    ask: Ask
    reader: str
    future: "Future[Answer | None]" = field(default_factory=Future)
    is_awaited: bool = True  # a wish is not, until somebody asks for the same


class Desk:
    """Answers readers; safe to call from any thread. Workers start when there is work for them."""

    def __init__(self, workers: int = WORKERS) -> None:
        self._changed = threading.Condition()
        self._waiting: OrderedDict[str, Task] = OrderedDict()  # by reader
        self._wishes: OrderedDict[str, deque[Ask]] = OrderedDict()  # by reader
        self._answers: OrderedDict[Ask, Answer] = OrderedDict()
        self._failures: OrderedDict[Ask, SimError] = OrderedDict()
        context = multiprocessing.get_context("spawn")
        # Read by the processes between two months, without a lock: one byte is never half written.
        self._hold: Any = context.RawValue(c_bool, False)
        self._drop: Any = context.RawValue(c_bool, False)
        self._quiet: Any = context.RawValue(c_double, QUIET)
        self._seen: dict[str, float] = {}  # when each reader was here last
        self._workers = [_Worker(self, context) for _ in range(workers)]
        self._granter = _Worker(self, context, (self._hold, self._drop, self._quiet))
        self.is_open = True

    def start(self) -> None:
        """Start the first worker, without waiting for it: it takes seconds until it can answer."""
        with self._changed:
            self._workers[0].start()

    def ask(self, reader: str, ask: Ask) -> "Answer | None":
        """Return the answer, or None where the reader has asked something else since.

        Raises
        ------
        SimError
            what the simulation raised, or a `DeskError` if it takes too long.
        """
        mine = Task(ask, reader)
        with self._changed:
            before = self._waiting.pop(reader, None)
            if before is not None:
                before.future.set_result(None)
            if ask in self._answers:
                return self._kept(ask)
            each = [*self._workers] if self._drop.value else [*self._workers, self._granter]
            doing = next((w.task for w in each if w.task and w.task.ask == ask), None)
            if doing is not None:  # in work already, and not about to be dropped
                mine = doing
                mine.is_awaited = True
            else:
                self._waiting[reader] = mine
                self._start()
            self._set_hold()
            self._changed.notify_all()
        try:
            return mine.future.result(PATIENCE)
        except TimeoutError:
            raise DeskError("too many readers ask at once; try again in a moment") from None

    def wish(self, reader: str, asks: Iterable[Ask]) -> None:
        """Replace what a reader would like to have later; `found` tells what has come."""
        with self._changed:
            self._granter.start()
            self._count(reader)
            asked = list(islice(asks, WISHES))
            self._wishes[reader] = deque(ask for ask in asked if not self._is_known(ask))
            while len(self._wishes) > READERS:
                self._wishes.popitem(last=False)
            doing = self._granter.task
            if doing and not doing.is_awaited and doing.reader == reader and doing.ask not in asked:
                self._drop.value = True
            self._changed.notify_all()

    def found(self, ask: Ask) -> "Answer | None":
        """Return the answer if it is there, or raise the `SimError` that the simulation raised."""
        with self._changed:
            if ask in self._failures:
                raise self._failures[ask]
            return self._kept(ask) if ask in self._answers else None

    @property
    def at_work(self) -> bool:
        """Say whether somebody is being answered."""
        return any(worker.task for worker in self._workers)

    @property
    def waiting(self) -> int:
        """Return how many readers wait for somebody to begin."""
        return len(self._waiting)

    @property
    def granting(self) -> Ask | None:
        """Return the wish that is in work."""
        return self._granter.task.ask if self._granter.task else None

    @property
    def is_urgent(self) -> bool:
        """Say whether somebody has come to wait for the wish that is in work."""
        return self._granter.task is not None and self._granter.task.is_awaited

    @property
    def processes(self) -> "list[BaseProcess]":
        """Return the worker processes that were started."""
        each = (*self._workers, self._granter)
        return [worker.process for worker in each if worker.process is not None]

    def close(self) -> None:
        """End the workers."""
        with self._changed:
            self.is_open = False
            self._changed.notify_all()
        for worker in (*self._workers, self._granter):
            worker.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------------ what workers call

    def next(self, worker: "_Worker") -> Task | None:
        """Wait for work and hand it over; None once the desk is closed."""
        with self._changed:
            worker.is_ready = True
            while self.is_open:
                worker.task = (
                    self._next_wish() if worker is self._granter else self._next_ask(worker)
                )
                if worker.task is not None:
                    self._changed.notify_all()  # the next worker may take what else waits
                    return worker.task
                self._changed.wait()
        return None

    def finish(self, worker: "_Worker", outcome: Outcome) -> None:
        """Keep what came out, and give it to who waits for it."""
        with self._changed:
            task, worker.task = worker.task, None
            assert task is not None
            if outcome is not None and not isinstance(outcome, DeskError):
                self._keep(task.ask, outcome)
            self._set_hold()
        if isinstance(outcome, SimError):
            task.future.set_exception(outcome)
        else:
            task.future.set_result(outcome)

    # ------------------------------------------------------------------- under the lock

    def _start(self) -> None:
        """Start as many workers as have something to do: each takes a processor for seconds."""
        busy = sum(worker.task is not None for worker in self._workers)
        for worker in self._workers[: busy + len(self._waiting)]:
            worker.start()

    def _next_ask(self, worker: "_Worker") -> Task | None:
        """Return what is next, unless a worker before this one is free: it has more pasts warm."""
        before = self._workers[: self._workers.index(worker)]
        if not self._waiting or any(each.is_ready and not each.task for each in before):
            return None
        return self._waiting.popitem(last=False)[1]

    def _count(self, reader: str) -> None:
        """Count who is here: the more readers, the sooner one of them asks again."""
        now = time.monotonic()
        self._seen = {who: when for who, when in self._seen.items() if now - when < HERE}
        self._seen[reader] = now
        self._quiet.value = QUIET * len(self._seen)

    def _set_hold(self) -> None:
        """Let the granter pause while somebody waits, but for what it has in work."""
        self._hold.value = (bool(self._waiting) or self.at_work) and not self.is_urgent

    def _next_wish(self) -> Task | None:
        """Return a wish of the reader whose turn it is: each has one granted in turn."""
        self._drop.value = False
        for reader in list(self._wishes):
            wishes = self._wishes.pop(reader)
            while wishes:
                ask = wishes.popleft()
                if not self._is_known(ask):
                    self._wishes[reader] = wishes
                    return Task(ask, reader, is_awaited=False)
        return None

    def _is_known(self, ask: Ask) -> bool:
        return ask in self._answers or ask in self._failures

    def _kept(self, ask: Ask) -> "Answer":
        self._answers.move_to_end(ask)
        return self._answers[ask]

    def _keep(self, ask: Ask, outcome: "Answer | SimError") -> None:
        if isinstance(outcome, SimError):
            _put(self._failures, ask, outcome, FAILURES)
        else:
            _put(self._answers, ask, outcome, ANSWERS)


def _put[T](kept: OrderedDict[Ask, T], ask: Ask, value: T, most: int) -> None:
    kept[ask] = value
    while len(kept) > most:
        kept.popitem(last=False)


class _Worker:
    """A process, and the thread here that hands it one task after the other."""

    def __init__(self, desk: Desk, context: Any, signals: "Signals | None" = None) -> None:
        self.task: Task | None = None  # in work; changed under the desk's lock
        self.is_ready = False  # its process has loaded its kernels, which takes seconds
        self._context = context
        self._signals = signals
        self._desk = desk
        self.process: BaseProcess | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread, once; the process comes with it."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, daemon=True)
            self._thread.start()

    def end(self) -> None:
        """End the process, whatever it is at, and wait for both."""
        process = self.process
        if process is not None:
            process.terminate()
        if self._thread is not None:
            self._thread.join()

    def _serve(self) -> None:
        line = self._spawn()
        while (task := self._next(line)) is not None:
            outcome = _answer_over(line, task.ask)
            if isinstance(outcome, DeskError) and self._desk.is_open:
                self._leave(line)
                line = self._spawn()
            self._desk.finish(self, outcome)
        self._leave(line)

    def _next(self, line: "Connection") -> Task | None:
        """Wait for the process, then for work: who asks meanwhile is better served by another."""
        if not self.is_ready:
            with suppress(EOFError, OSError):  # it died: the next who asks is told
                line.recv()
        return self._desk.next(self)

    def _spawn(self) -> "Connection":
        self.is_ready = False
        line, theirs = self._context.Pipe()
        process = self._context.Process(
            target=_work, args=(theirs, self._signals), daemon=True, name="desk worker"
        )
        process.start()
        self.process = process
        theirs.close()
        return cast("Connection", line)

    def _leave(self, line: "Connection") -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.join()
        line.close()


def _answer_over(line: "Connection", ask: Ask) -> Outcome:
    """Return what the process at the other end makes of an ask, or that it died of it."""
    try:
        line.send(ask)
        return cast("Outcome", line.recv())
    except (EOFError, OSError):
        return DeskError("the process that simulated this died, perhaps for want of memory")


def _work(line: "Connection", signals: "Signals | None") -> None:
    """Answer until the other end of the line is gone; with signals, heed them between months."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to handle
    one_thread()
    from sim.simulate import warm_up
    from sim.studies.live import Live

    def never() -> bool:
        return False

    if signals is not None:
        os.nice(10)
    warm_up()
    live, dropped = Live(), never if signals is None else partial(_dropped, *signals)
    with suppress(EOFError, OSError):
        line.send(None)  # ready
        while True:
            line.send(_answer(live, line.recv(), dropped))


def _dropped(hold: Any, drop: Any, quiet: Any) -> bool:
    """Wait while somebody waits for an answer, and a moment after; say whether to stop."""
    still = math.inf  # seconds without anybody, as far as was seen
    while not drop.value and (hold.value or still < quiet.value):
        still = 0.0 if hold.value else still + PAUSE
        time.sleep(PAUSE)
    return bool(drop.value)


def _answer(live: "Live", ask: Ask, dropped: Callable[[], bool]) -> Outcome:
    from sim.scenario.load import from_json
    from sim.studies.live import InterruptedRunError

    try:
        return live.ask(from_json(ask.scenario), ask.seed, dropped)
    except InterruptedRunError:
        return None
    except SimError as error:
        return error
