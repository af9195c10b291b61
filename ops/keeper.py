"""Helpers that come back: the pages must not go away because the worker, the beat or Redis died."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from ops.processes import kill_group

PAUSES = (1, 2, 4, 8)  # seconds before each new start; who dies at once after the last is given up
STEADY = 60  # seconds: who lived that long has not died at once


@dataclass
class Helper:
    """What is known of one kept process; ``due`` says when a dead one is started again, ``None`` = never."""

    launch: Callable
    log: str
    since: float
    deaths: int = 0
    due: float | None = None


class Keeper:
    """Starts helpers again when they end, ever later, and gives up on one that keeps dying at once.

    ``children`` are the living processes by name: who has died is taken out, ``launch`` puts a new one in. ``look``
    never waits; call it again and again, from the thread that started the helpers (``processes.spawn``).
    """

    def __init__(self, children, say, clock=time.monotonic):
        self.children, self.say, self.clock, self.kept = children, say, clock, {}

    def keep(self, name, launch, *, log):
        """Keep the running ``name``; ``launch()`` starts it again, ``log`` says where its errors are read."""
        self.kept[name] = Helper(launch, log, self.clock())

    def look(self):
        """Notice who has ended; start whose pause is over."""
        for name, helper in self.kept.items():
            process = self.children.get(name)
            if process is None:
                if helper.due is not None and self.clock() >= helper.due:
                    self._start(name, helper)
            elif process.poll() is not None:
                kill_group(process)  # the children of a killed worker would go on beside the new one
                del self.children[name]
                self._rest(name, helper, f"mã {process.returncode}")

    def _start(self, name, helper):
        helper.since = self.clock()
        try:
            helper.launch()
        except OSError as error:  # no memory for one more process: as if it had died at once
            return self._rest(name, helper, str(error))
        self.say(f"Đã khởi động lại tiến trình {name}.")

    def _rest(self, name, helper, why):
        steady = self.clock() - helper.since >= STEADY
        helper.deaths = 1 if steady else helper.deaths + 1
        if helper.deaths > len(PAUSES):
            helper.due = None
            return self.say(
                f"Tiến trình {name} dừng {helper.deaths} lần liên tiếp ({why}), không khởi động lại nữa. Trang vẫn dùng "
                f"được; thư được giữ trong cơ sở dữ liệu nhưng chưa gửi đi. Xem lỗi ở {helper.log}; sửa xong, "
                "dừng bằng Ctrl-C rồi chạy lại make run."
            )
        pause = PAUSES[helper.deaths - 1]
        helper.due = self.clock() + pause
        self.say(
            f"Tiến trình {name} đã dừng ({why}); khởi động lại sau {pause} giây. "
            "Trang vẫn dùng được; thư chờ trong cơ sở dữ liệu và tự gửi sau."
        )
