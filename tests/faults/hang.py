"""A scenario that never ends, run by ``test_time_box`` alone (pytest does not collect this name)."""

import threading


def test_hangs():
    threading.Event().wait(100)
