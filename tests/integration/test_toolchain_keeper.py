"""Helpers of a run that die are started again, ever later, and at last given up; real processes, the clock is ours."""

import os
import subprocess

import pytest

from ops.keeper import PAUSES, STEADY, Keeper
from ops.processes import kill_group, spawn, stop, wait_until

pytestmark = pytest.mark.once
DIES, LIVES = ["sh", "-c", "exit 3"], ["sleep", "60"]


class Scene:
    """One kept helper that runs ``argv``, what the keeper said of it, and the time."""

    def __init__(self, argv):
        self.argv, self.children, self.said, self.now, self.started = argv, {}, [], 0.0, 0
        self.keeper = Keeper(self.children, self.said.append, clock=lambda: self.now)
        self.launch()
        self.keeper.keep("worker", self.launch, log="nhật ký")

    def launch(self):
        if self.argv is None:
            raise OSError("không đủ bộ nhớ")
        self.children["worker"], self.started = spawn(self.argv, stdout=subprocess.PIPE), self.started + 1

    def end_and_look(self):
        """The helper has ended, and the keeper notices."""
        if process := self.children.get("worker"):
            process.wait(20)
        self.keeper.look()

    def after(self, seconds):
        self.now += seconds
        self.keeper.look()


@pytest.fixture
def scene():
    made = []

    def make(argv):
        made.append(Scene(argv))
        return made[-1]

    yield make
    stop([process for one in made for process in one.children.values()])


def test_who_dies_at_once_is_started_ever_later_and_then_given_up(scene):
    one = scene(DIES)
    for number, pause in enumerate(PAUSES, start=1):
        one.end_and_look()
        assert f"(mã 3); khởi động lại sau {pause} giây" in one.said[-1]
        one.after(pause - 0.1)
        assert one.started == number  # not yet
        one.after(0.1)
        assert one.started == number + 1
        assert one.said[-1] == "Đã khởi động lại tiến trình worker."
    one.end_and_look()
    assert "không khởi động lại nữa" in one.said[-1]
    assert "nhật ký" in one.said[-1] and "Trang vẫn dùng được" in one.said[-1]
    said = len(one.said)
    one.after(1000)
    assert (one.started, len(one.said)) == (len(PAUSES) + 1, said)


def test_who_has_lived_for_a_while_begins_a_new_count(scene):
    one = scene(LIVES)
    for _ in range(2 * len(PAUSES)):
        one.now += STEADY
        kill_group(one.children["worker"])
        one.end_and_look()
        assert f"khởi động lại sau {PAUSES[0]} giây" in one.said[-1]
        one.after(PAUSES[0])
    assert one.started == 2 * len(PAUSES) + 1


def test_a_start_that_fails_counts_as_a_death(scene):
    one = scene(DIES)
    one.argv = None
    one.end_and_look()
    one.after(PAUSES[0])
    assert f"(không đủ bộ nhớ); khởi động lại sau {PAUSES[1]} giây" in one.said[-1]
    one.argv = LIVES
    one.after(PAUSES[1])
    assert one.children["worker"].poll() is None


def test_the_children_of_a_killed_helper_go_with_it(scene):
    one = scene(["sh", "-c", "sleep 60 & echo two; wait"])
    one.children["worker"].stdout.readline()
    group = one.children["worker"].pid
    one.children["worker"].kill()
    one.end_and_look()

    def gone():
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True

    assert wait_until(gone, seconds=20)
