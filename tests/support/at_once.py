"""Works of one process set off at the same moment, each with a connection of its own."""

import threading

from django.db import connections

from notices.planner import plan
from notices.sender import send
from tests.factories import NOW


def at_once(*works):
    """Run the functions in threads of their own, released together; returns what went wrong."""
    barrier, wrong = threading.Barrier(len(works)), []

    def run(work):
        try:
            barrier.wait()
            work()
        except Exception as error:  # shown by the assertion of the test
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def plan_and_send(now=NOW):
    plan(now=now)
    send(now=now)
