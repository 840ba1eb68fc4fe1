"""Tell stories of single members in a process of its own, so that other readers need not wait.

A story repeats a whole run: seconds of work that hold the interpreter's lock. One process tells
one story after another; what was told is kept, what is too long or too much is refused.
"""

import multiprocessing
import os
import signal
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.core.errors import SimError
from sim.dashboard.once import once
from sim.studies.executors import one_thread

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from sim.studies.explain.telling import Story

KEPT = 200  # stories
WAITING = 12  # questions at most; the next is asked to come again
PATIENCE = 120.0  # seconds without a word from the process, compiling aside
MOST_ROWS = 200_000  # of a run that is repeated here

type Told = dict[str, "Story"]  # by language


@dataclass(frozen=True)
class Question:
    """Whose story is asked for: names and numbers, so that they can travel."""

    results: Path
    run: str
    kind: str
    which: int | str


@dataclass(frozen=True)
class Progress:
    """How far a story is that is not there yet: questions before it, months repeated of all."""

    before: int
    done: int = 0
    months: int = 0


class Storyteller:
    """Answers questions; safe to call from any thread. The process starts with the first one."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._changed = threading.Condition()
        self._waiting: OrderedDict[Question, None] = OrderedDict()
        self._doing: tuple[Question, Progress] | None = None
        self._kept: OrderedDict[Question, Told | SimError] = OrderedDict()
        self._thread: threading.Thread | None = None
        self._process: Any = None
        self._line: Connection | None = None
        self._closed = False

    def ask(self, question: Question) -> Told | Progress:
        """Return the story, or how far it is; never waits.

        Raises
        ------
        SimError
            why it cannot be told, or that too many others ask.
        """
        with self._changed:
            if question in self._kept:
                self._kept.move_to_end(question)
                kept = self._kept[question]
                if isinstance(kept, SimError):
                    raise kept
                return kept
            if self._doing is not None and self._doing[0] == question:
                return self._doing[1]
            if question not in self._waiting:
                if len(self._waiting) >= WAITING:
                    raise SimError("too many stories are asked for; try again in a moment")
                self._waiting[question] = None
                self._start()
            before = list(self._waiting).index(question)
            return Progress(before + (self._doing is not None))

    def close(self) -> None:
        """End the process."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._end_process()
        if self._thread is not None:
            self._thread.join()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _serve(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                question, _ = self._waiting.popitem(last=False)
                self._doing = (question, Progress(0))
            outcome = self._outcome(question)
            with self._changed:
                self._doing = None
                self._kept[question] = outcome
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)

    def _outcome(self, question: Question) -> Told | SimError:
        """Return what the process makes of a question; a process that is stuck or dead is ended."""
        line = self._line or self._spawn()
        try:
            line.send(question)
            while line.poll(self._patience):
                said = line.recv()
                if not isinstance(said, Progress):
                    outcome: Told | SimError = said
                    return outcome
                with self._changed:
                    self._doing = (question, said)
            why = "it takes too long here"
        except (EOFError, OSError):
            why = "the process that told it died, perhaps for want of memory"
        self._end_process()
        return SimError(f"{why}; `sim explain` tells it in a terminal")

    def _spawn(self) -> "Connection":
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        return self._line

    def _end_process(self) -> None:
        process, self._process, self._line = self._process, None, None
        if process is not None:
            process.kill()
            process.join()


@once
def the_storyteller() -> Storyteller:
    """Return the one of this server."""
    return Storyteller()


def _work(line: "Connection") -> None:
    """Tell stories until the other end of the line is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to handle
    one_thread()
    os.nice(5)
    while True:
        try:
            line.send(_tell(line, line.recv()))
        except (EOFError, OSError):
            return


def _tell(line: "Connection", question: Question) -> "Told | SimError":
    from sim.studies.explain.asking import find_member, find_source
    from sim.studies.explain.telling import tell_all

    def report(done: int, months: int) -> None:
        line.send(Progress(0, done, months))

    try:
        source = find_source(question.run, question.results)
        member = find_member(source.scenario, question.kind, question.which)
        rows = source.scenario.population.users
        if rows > MOST_ROWS and (source.fidelity == "individual" or member.kind == "user"):
            raise SimError(
                f"this run has {rows:,} rows, too many to repeat here; `sim explain` tells it in a "
                "terminal"
            )
        return tell_all(source, member, progress=report)
    except SimError as error:
        return SimError(str(error))  # in a form that travels
