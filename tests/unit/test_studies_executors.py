import os
import signal
import subprocess
import sys
import time

import pytest

from sim.core.errors import SimError
from sim.studies.executors import Lost, Processes, Serial, executor, in_order, one_thread


def nobody(finished, jobs):
    pass


def square(number):
    return number * number


def threads(_):
    """What a worker's numba would be told, before numba is imported."""
    return os.environ.get("NUMBA_NUM_THREADS"), "numba" in sys.modules


def die_once(marker):
    """Kill the worker that comes here first; a later one finds the marker."""
    if marker == "":
        return "done"
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return "done"
    os._exit(1)


def die(_):
    os._exit(1)


def fail(number):
    if number == 1:
        raise SimError("job 1 is impossible")
    return number


def test_one_worker_is_this_process():
    assert executor(1) == Serial()
    assert executor(3) == Processes(3)


def test_no_worker_is_refused():
    with pytest.raises(SimError, match="0 workers"):
        executor(0)


@pytest.mark.parametrize("run", [Serial(), Processes(2)], ids=["serial", "processes"])
def test_results_come_in_the_order_of_the_jobs(run):
    told = []

    results = in_order(run, square, [3, 1, 2], lambda *finished: told.append(finished))

    assert results == [9, 1, 4]
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_worker_has_one_numba_thread_before_numba_is_there():
    assert in_order(Processes(2), threads, [0, 1], nobody) == [("1", False)] * 2


def test_a_dead_worker_is_replaced_and_its_job_done_again(tmp_path):
    marker = str(tmp_path / "died")

    results = in_order(Processes(2), die_once, ["", marker, ""], nobody)

    assert results == ["done"] * 3
    assert (tmp_path / "died").exists()


def die_if_odd(number):
    if number % 2:
        os._exit(1)
    return number


def test_a_job_that_kills_its_worker_comes_back_as_lost_and_the_others_go_on():
    first = dict(Processes(2).run(die_if_odd, range(4)))
    lost = [job for job, result in first.items() if isinstance(result, Lost)]

    again = dict(Processes(2).run_alone(die_if_odd, lost))

    assert set(first) == {0, 1, 2, 3}
    assert first | again == {0: 0, 1: Lost(), 2: 2, 3: Lost()}


def test_jobs_are_taken_as_there_is_room():
    taken = []

    def jobs():
        for number in range(20):
            taken.append(number)
            yield number

    ended = Processes(2).run(square, jobs())
    next(ended)

    assert len(taken) <= 3
    assert len(list(ended)) == 19


def test_workers_that_always_die_are_given_up():
    with pytest.raises(SimError, match="died 3 times"):
        list(Processes(2).run(die, range(20)))
    with pytest.raises(SimError, match="worker process died"):
        in_order(Processes(2), die, [0], nobody)


@pytest.mark.parametrize("run", [Serial(), Processes(2)], ids=["serial", "processes"])
def test_the_error_of_a_job_comes_out(run):
    with pytest.raises(SimError, match="job 1 is impossible"):
        in_order(run, fail, [0, 1, 2], nobody)


LONG_WORK = """
import os, sys, time
from sim.studies.executors import Processes

def work(folder):
    open(f"{folder}/{os.getpid()}", "w").close()
    time.sleep(600)

if __name__ == "__main__":
    try:
        list(Processes(2).run(work, [sys.argv[1]] * 2))
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.fixture
def busy(tmp_path):
    """A process whose two workers are at work, and the ids of the workers."""
    script, pids = tmp_path / "script.py", tmp_path / "pids"
    script.write_text(LONG_WORK)
    pids.mkdir()
    parent = subprocess.Popen([sys.executable, str(script), str(pids)], stderr=subprocess.PIPE)
    until(lambda: len(list(pids.iterdir())) == 2)
    yield parent, [int(file.name) for file in pids.iterdir()]
    parent.kill()
    parent.communicate()


def until(true, seconds=30.0):
    """Wait for something to become true; fail when it does not."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_ctrl_c_ends_the_workers_at_once_and_without_noise(busy):
    parent, workers = busy

    parent.send_signal(signal.SIGINT)
    _, said = parent.communicate(timeout=30)

    assert parent.returncode == 130
    assert said == b""
    until(lambda: not any(alive(worker) for worker in workers))


def test_workers_leave_when_their_parent_is_killed(busy):
    parent, workers = busy

    parent.kill()
    parent.wait()

    until(lambda: not any(alive(worker) for worker in workers))


def test_a_process_that_has_numba_already_keeps_its_settings(monkeypatch):
    from sim.core import kernels  # here, for workers import this file before numba

    monkeypatch.setenv("NUMBA_NUM_THREADS", "1")  # so that it is as before when this ends
    monkeypatch.delenv("NUMBA_NUM_THREADS")
    before = kernels.threads()
    try:
        one_thread()
        assert kernels.threads() == 1
        assert "NUMBA_NUM_THREADS" not in os.environ
    finally:
        kernels.set_threads(before)
    monkeypatch.delitem(sys.modules, "numba")
    one_thread()
    assert os.environ["NUMBA_NUM_THREADS"] == "1"
