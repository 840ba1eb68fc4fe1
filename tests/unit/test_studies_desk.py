"""The desk: what is asked last is answered, wishes wait, and nothing is left behind."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import numpy as np
import pytest

from sim.scenario.load import load_scenario
from sim.studies.desk import Ask, Desk, DeskError
from sim.studies.live import Live
from sim.studies.positions import Position

SMALL = {"population.usage_tiers": 1, "months": 6}


def ask(elasticity: float = 0.7, seed: int = 0, **more: object) -> Ask:
    changes = SMALL | {"demand.elasticity": elasticity} | more
    return Ask(load_scenario("price_war", changes).canonical_json(), seed)


def wait(condition: Callable[[], object], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with Desk(workers=1) as opened:
        opened.wish("first", [ask(0.9)])
        opened.ask("first", ask(0.91))
        wait(lambda: opened.found(ask(0.9)))
        yield opened


@contextmanager
def halted(desk: Desk) -> Iterator[None]:
    """Let no process get anything done meanwhile: what is in work stays so, on any machine."""
    processes = desk.processes
    for process in processes:
        os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            with suppress(ProcessLookupError):  # the test killed it
                os.kill(process.pid, signal.SIGCONT)


def test_an_answer_is_that_of_the_live_market(desk: Desk):
    from sim.scenario.load import from_json

    answer = desk.ask("anna", ask())
    assert answer is not None
    whole = Live().ask(from_json(ask().scenario), 0)

    assert answer.months == whole.months
    assert np.array_equal(answer.monthly["profit"], whole.monthly["profit"])


def test_what_was_answered_is_found_and_what_was_not_is_not(desk: Desk):
    desk.ask("anna", ask())

    assert desk.found(ask()) is desk.ask("bert", ask())
    assert desk.found(ask(seed=99)) is None


def test_a_readers_last_question_takes_the_place_of_those_that_nobody_has_begun(desk: Desk):
    got: dict[float, object] = {}

    def asking(reader: str, elasticity: float) -> threading.Thread:
        def keep() -> None:
            got[elasticity] = desk.ask(reader, ask(elasticity))

        thread = threading.Thread(target=keep)
        thread.start()
        return thread

    with halted(desk):
        begun = asking("carl", 0.51)
        wait(lambda: desk.at_work)
        stale = asking("dora", 0.52)
        wait(lambda: desk.waiting)
        last = asking("dora", 0.53)
        stale.join()
    begun.join()
    last.join()

    assert got[0.51] is not None
    assert got[0.52] is None
    assert got[0.53] is not None
    assert desk.found(ask(0.52)) is None


def test_wishes_come_true_in_turn_and_a_question_is_answered_before_them(desk: Desk):
    mine = [ask(0.6, seed) for seed in range(3)]
    yours = [ask(0.61, seed) for seed in range(2)]
    desk.wish("anna", mine)
    desk.wish("bert", yours)
    assert desk.ask("carl", ask(0.62)) is not None
    wait(lambda: all(desk.found(one) for one in mine + yours))


def test_a_wish_that_is_taken_back_is_dropped(desk: Desk):
    begun = ask(0.63)
    with halted(desk):
        desk.wish("anna", [begun, ask(0.631)])
        wait(lambda: desk.granting == begun)
        desk.wish("anna", [ask(0.64)])
    wait(lambda: desk.found(ask(0.64)))

    assert desk.found(begun) is None
    assert desk.found(ask(0.631)) is None


def test_a_wish_in_work_that_somebody_comes_to_wait_for_is_finished(desk: Desk):
    begun = ask(0.65)
    asking = threading.Thread(target=desk.ask, args=("anna", begun))
    with halted(desk):
        desk.wish("anna", [begun])
        wait(lambda: desk.granting == begun)
        asking.start()
        wait(lambda: desk.is_urgent)
        desk.wish("anna", [])  # what was looked at meanwhile does not take it back
    other = desk.ask("bert", ask(0.651))
    asking.join()

    assert other is not None
    assert desk.found(begun) is not None
    assert not desk.at_work


def test_what_cannot_be_simulated_is_told_to_who_asks_and_kept_for_who_wished(desk: Desk):
    broken = Ask(ask().scenario.replace('"elasticity": 0.7', '"elasticity": 7'), 0)
    with pytest.raises(Exception, match="elasticity: must be less than 1"):
        desk.ask("anna", broken)
    with pytest.raises(Exception, match="elasticity: must be less than 1"):
        desk.found(broken)


def test_a_worker_that_dies_is_told_and_another_takes_its_place(desk: Desk):
    failures: list[BaseException] = []

    def hopeless() -> None:
        try:
            desk.ask("anna", ask(0.67))
        except DeskError as error:
            failures.append(error)

    reader = threading.Thread(target=hopeless)
    with halted(desk):
        reader.start()
        wait(lambda: desk.at_work)
        for process in desk.processes:
            process.kill()
        reader.join()

    assert "died" in str(failures[0])
    assert desk.ask("bert", ask(0.66)) is not None


def test_nothing_is_left_when_a_desk_is_closed():
    with Desk() as opened:
        opened.start()
        wait(lambda: len(opened.processes) == 1)
        opened.wish("anna", [ask()])
        wait(lambda: len(opened.processes) == 2)
        processes = list(opened.processes)

    assert not any(process.is_alive() for process in processes)


def test_a_desk_that_nobody_asks_starts_nothing():
    with Desk() as opened:
        assert opened.processes == []


def test_what_a_page_asks_travels(desk: Desk):
    position, _ = Position.read({"preset": "alliance", "cut": "0.03"})

    assert desk.ask("anna", Ask(position.text, 0)) is not None
