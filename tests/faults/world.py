"""The stage of a scenario: 126 units with their people, mails and duties, real processes, and the count at the end."""

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.roles import Role
from notices.models import Mail
from notices.outbox import queue_mail
from notices.sender import message_id
from ops.processes import kill_group, spawn, stop, wait_until
from tests.factories import make_units, make_user
from tests.faults import summary
from tests.faults.app.provider import write_duties
from tests.integration.test_mail_texts import STEP
from tests.support.broker import BASE_DIR, database_url

UNITS = 126
PAST = dt.timedelta(seconds=1)


@dataclass(frozen=True)
class Tally:
    """What became of the mails; ``missing``: did not arrive, and no row shows it as failed or unknown.

    A mail thrown away as no longer needed is missing, too, unless it went along in one that arrived.
    """

    mails: int
    arrived: int
    doubled: int
    unknown: int
    unknown_arrived: int
    failed: int
    missing: int
    strangers: int


class World:
    """Made by the fixture ``world``; ends every process it started."""

    def __init__(self, sink, folder):
        self.sink, self.folder, self.processes, self.offset, self.here = sink, Path(folder), [], 0.0, 0.0
        self.duties, self.people, self.units, self.kills = self.folder / "duties.json", [], [], 0
        self.started, self.number = time.monotonic(), 0
        write_duties(self.duties, [])

    # --- what there is to do --------------------------------------------------------------------

    def settle(self, units=UNITS):
        """Units with one drafter each."""
        self.units = make_units(units)
        self.staff()

    def staff(self):
        """One more drafter a unit."""
        here = len(self.people)
        self.people += [
            make_user(Role.UNIT_DRAFTER, unit=unit, username=f"soan{here + i}") for i, unit in enumerate(self.units)
        ]

    def owe(self, due):
        """One duty a unit, all due on ``due``; replaces the former duties."""
        self.owe_each([due] * len(self.units))

    def owe_each(self, dues):
        """One duty a unit as far as there are dates, in the order of the units."""
        pairs = zip(self.units, dues, strict=False)
        rows = [{"number": n, "unit": unit.pk, "due": due.isoformat()} for n, (unit, due) in enumerate(pairs)]
        write_duties(self.duties, rows)

    def queue(self, count):
        """``count`` status mails, to the people in turn, in one transaction; returns the seconds its commit took."""
        with transaction.atomic():
            for _ in range(count):
                self.number += 1
                queue_mail(
                    person=self.people[self.number % len(self.people)],
                    kind=Mail.STATUS,
                    dedupe_key=f"fault-event:{self.number}",
                    subject=f"Yêu cầu bổ sung {self.number}",
                    template="step",
                    context=STEP,
                    now=self.now(),
                )
            began = time.monotonic()
        return time.monotonic() - began

    # --- clock ----------------------------------------------------------------------------------

    def set_clock(self, moment):
        """Processes started from now on believe it is ``moment``."""
        self.offset = moment.timestamp() - time.time()

    def travel(self, moment, time_machine):
        """Set the clock of this process, too: what it publishes must not look outdated to a worker."""
        self.set_clock(moment)
        time_machine.move_to(moment, tick=True)
        self.here = self.offset

    def now(self):
        """The moment the processes believe it is."""
        return timezone.now() + dt.timedelta(seconds=self.offset - self.here)

    # --- processes ------------------------------------------------------------------------------

    def start(self, *argv, **env):
        """A process of the portal on the test's database, mail server and clock."""
        fixed = {
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DATABASE_URL": database_url(connection.settings_dict),
            "DATA_DIR": str(self.folder),
            "EMAIL_URL": self.sink.url,
            "FAULT_DUTIES": str(self.duties),
            "FAULT_OFFSET": str(self.offset),
            "LOG_LEVEL": "WARNING",
            "NOTICES_EVERY_SECONDS": "1",
        }
        with open(self.folder / "processes.log", "ab") as log:
            options = {"stdout": subprocess.PIPE, "stderr": log, "cwd": BASE_DIR}
            process = spawn([sys.executable, *argv], env={**os.environ, **fixed, **env}, **options)
        self.processes.append(process)
        return process

    def command(self, name, *args, **env):
        """A management command, running."""
        return self.start("manage.py", name, *args, **env)

    def run(self, name, *args, seconds=300, **env):
        """A management command to its end; returns what it printed, fails on any error."""
        process = self.command(name, *args, **env)
        out, _ = process.communicate(timeout=seconds)
        assert process.returncode == 0, self.log()
        return out.decode()

    def walk(self, moments, **env):
        """Planner and sender at each moment in one process; how many mails had been sent after each."""
        return json.loads(self.run("walk", *[moment.isoformat() for moment in moments], **env))

    def worker(self, number, redis_url):
        """A Celery worker with two children."""
        argv = ["-m", "celery", "--app", "kltn_portal", "--quiet", "worker", "--hostname", f"w{number}-{os.getpid()}@f"]
        argv += ["--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
        return self.start(*argv, REDIS_URL=redis_url, FAULT_PLAN_EVERY="1")

    def beat(self, number, redis_url):
        """A Celery beat with a schedule file of its own: it knows of no other."""
        argv = ["-m", "celery", "--app", "kltn_portal", "--quiet", "beat", "--pidfile=", "--loglevel", "WARNING"]
        argv += ["--schedule", str(self.folder / f"beat-{number}")]
        return self.start(*argv, REDIS_URL=redis_url, FAULT_PLAN_EVERY="1")

    def kill(self, process):
        """kill -9 of a process and its children; what it held is free at once, as if its lease had run out."""
        kill_group(process)
        process.wait()
        self.kills += 1

    def leases_over(self, process=None):
        """Moves the lease of a dead process (of everybody by default) into the past: ten minutes need not be waited."""
        held = Mail.objects.filter(state=Mail.State.SENDING)
        if process:
            held = held.filter(worker__contains=f":{process.pid}:")
        held.update(lease_until=self.now() - PAST)

    def close(self):
        """End what still runs."""
        stop([process for process in self.processes if process.poll() is None], patience=5)
        for process in self.processes:
            process.stdout.close()

    def log(self):
        """What the processes complained of, the last of it."""
        path = self.folder / "processes.log"
        return path.read_text(errors="replace")[-6000:] if path.exists() else ""

    # --- the count ------------------------------------------------------------------------------

    def tally(self):
        """Compare the rows of the outbox with what the mail server has taken."""
        seen = Counter(received.message["message-id"] for received in self.sink.messages)
        counts = {key: seen.pop(message_id(key), 0) for key in Mail.objects.values_list("dedupe_key", flat=True)}
        rows = self._own_mails([key for key, count in counts.items() if count])
        here = {key: counts[key] for key, _ in rows}
        absent = [state for key, state in rows if not here[key]]
        unknown = [key for key, state in rows if state == Mail.State.UNKNOWN]
        told = Counter(self._told_by([key for key, count in here.items() if count]))
        return Tally(
            mails=len(rows),
            arrived=sum(bool(count) for count in here.values()),
            doubled=sum(max(0, count - 1) for count in (*here.values(), *told.values())),
            unknown=len(unknown),
            unknown_arrived=sum(bool(here[key]) for key in unknown),
            failed=sum(state == Mail.State.FAILED for _, state in rows),
            missing=sum(state not in (Mail.State.FAILED, Mail.State.UNKNOWN) for state in absent),
            strangers=sum(seen.values()),
        )

    def _own_mails(self, arrived):
        """(key, state) of every mail but the weekly letters that went along in a digest that ``arrived``."""
        digests = Mail.objects.filter(kind=Mail.DIGEST, dedupe_key__in=arrived)
        carried = {context.get("weekly_id") for context in digests.values_list("context", flat=True)} - {None}
        return list(
            Mail.objects.exclude(state=Mail.State.SUPERSEDED, pk__in=carried).values_list("dedupe_key", "state")
        )

    def _told_by(self, keys):
        """The ledger rows – a person, a duty, a due day, a rung – that stood in the digests of these keys."""
        contexts = Mail.objects.filter(kind=Mail.DIGEST, dedupe_key__in=keys).values_list("context", flat=True)
        return [pk for context in contexts for pk in context["reminder_ids"]]

    def all_settled(self):
        """No mail waits or is under way."""
        return not Mail.objects.filter(state__in=[Mail.State.QUEUED, Mail.State.SENDING]).exists()

    def drain(self, seconds=60):
        """Wait until nothing waits any more; whether it came to that."""
        return wait_until(self.all_settled, seconds=seconds, every=0.1)

    def report(self, scenario, *, mails, failed=0, also="", unknown_at_most=0):
        """Write the scenario's line, then judge it: all ``mails`` there were are still known, as many ``failed`` as were
        refused, nothing doubled, nothing missing, no more doubt than allowed."""
        tally = self.tally()
        self._write_line(scenario, tally, also)
        assert (tally.mails, tally.failed) == (mails, failed), (tally, self.log())
        assert (tally.doubled, tally.strangers, tally.missing) == (0, 0, 0), (tally, self.log())
        assert tally.unknown <= unknown_at_most, tally
        return tally

    def _write_line(self, scenario, tally, also):
        database = "SQLite" if connection.vendor == "sqlite" else "PostgreSQL"
        doubt = f"{tally.unknown} ({tally.unknown_arrived} arrived)" if tally.unknown else "0"
        summary.write(
            summary.Line(
                scenario=scenario,
                database=database,
                mails=tally.mails,
                arrived=tally.arrived,
                doubled=tally.doubled + tally.strangers,
                unknown=doubt,
                failed=tally.failed,
                missing=tally.missing,
                kills=self.kills,
                seconds=round(time.monotonic() - self.started, 1),
                also=also,
            )
        )


def data_folder():
    """A short-named folder for one scenario: sockets live in it."""
    return Path(tempfile.mkdtemp(prefix="f", dir=settings.DATA_DIR))
