"""Duties kept in a file, so that every process of a scenario knows the same ones."""

import datetime as dt
import json
import os
from pathlib import Path

from accounts.roles import Role
from notices.duties import Duty


class FileProvider:
    """Reads ``[{"number", "unit", "due", "roles"?}, …]``; the file is replaced as a whole, never edited."""

    prefix = "fault"
    kinds = {"fault": "Việc thử"}

    def __init__(self, path):
        self.path, self.read, self.known = Path(path), None, []

    def open_duties(self, *, now, unit_ids=None):
        stamp = self.path.stat().st_mtime_ns
        if stamp != self.read:
            self.known, self.read = [_duty(row) for row in json.loads(self.path.read_text())], stamp
        return [duty for duty in self.known if unit_ids is None or duty.unit_id in unit_ids]

    def open_keys(self, keys, *, now):
        return {duty.key for duty in self.open_duties(now=now)} & set(keys)


def write_duties(path, rows):
    """Replace the file in one step, as a transaction would."""
    fresh = Path(f"{path}.new")
    fresh.write_text(json.dumps(rows))
    os.replace(fresh, path)


def _duty(row):
    return Duty(
        key=f"fault:{row['number']}",
        kind="fault",
        unit_id=row["unit"],
        roles=frozenset(Role(role) for role in row.get("roles", [Role.UNIT_DRAFTER])),
        due=dt.date.fromisoformat(row["due"]),
        title=f"Báo cáo số {row['number']}",
        path=f"/bao-cao/{row['number']}/",
        opened=dt.date.fromisoformat(row.get("opened", "2025-07-01")),
        total=14,
        done=row["number"] % 14,
    )
