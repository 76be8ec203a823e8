"""Jobs: the pipelines that a shell has started and not yet forgotten.

Called by   run (starting, waiting) and the builtins `jobs`, `fg`, `bg`, `wait`, `kill`, `disown`.
Owns        the table of one shell. It makes no system calls: what the kernel reports is told to it by `note`.

          start              stopped by a signal
    ─────────────> RUNNING ──────────────────────> STOPPED
                      │   <──────────────────────     │
                      │           continued           │
                      └──────────────> DONE <─────────┘      reported once, then forgotten
"""

from __future__ import annotations

RUNNING = "Running"
STOPPED = "Stopped"
DONE = "Done"

SIGNAL_WORDS = {
    1: "Hangup", 2: "Interrupt", 3: "Quit", 4: "Illegal instruction", 6: "Aborted", 9: "Killed", 13: "Broken pipe",
    14: "Alarm clock", 15: "Terminated", 30: "User defined signal 1", 31: "User defined signal 2",
}


class Job:
    """One pipeline. `group` is its process group, 0 if it has none of its own; `number` 0 = not in the table."""

    __slots__ = ("ended", "group", "number", "pids", "statuses", "stopped", "text")

    def __init__(self, text: str, group: int = 0) -> None:
        self.text = text
        self.group = group
        self.number = 0
        self.pids: list[int | None] = []  # one for each stage, None for one that ran inside the shell
        self.statuses: list[int] = []  # of each stage, meaningful when it has ended
        self.ended: list[bool] = []
        self.stopped: list[int] = []  # pids

    def add(self, pid: int | None, status: int = 0) -> None:
        """Take in a stage: a process, or one that has already ended with *status*."""
        self.pids.append(pid)
        self.statuses.append(status)
        self.ended.append(pid is None)

    def state(self) -> str:
        """RUNNING while any process runs, STOPPED when the rest is stopped, DONE when all have ended."""
        waiting = [pid for pid, ended in zip(self.pids, self.ended, strict=True) if not ended]
        if not waiting:
            return DONE
        for pid in waiting:
            if pid not in self.stopped:
                return RUNNING
        return STOPPED

    def status(self, pipefail: bool = False) -> int:
        """The exit status: the last stage's, with *pipefail* the last one that failed."""
        if pipefail:
            for status in reversed(self.statuses):
                if status:
                    return status
        return self.statuses[-1] if self.statuses else 0

    def note(self, pid: int, what: int | str) -> None:
        """A process of this job ended with a status, or was "stopped"."""
        if what == "stopped":
            if pid not in self.stopped:
                self.stopped.append(pid)
            return
        index = self.pids.index(pid)
        self.statuses[index] = int(what)
        self.ended[index] = True

    def continued(self) -> None:
        """SIGCONT has been sent to all of it."""
        self.stopped.clear()

    def line(self, mark: str, with_pids: bool = False) -> str:
        """The line of `jobs`."""
        state = self.state()
        word = state
        if state == DONE and self.status():
            status = self.status()
            word = SIGNAL_WORDS.get(status - 128, f"Exit {status}") if status > 128 else f"Exit {status}"
        pids = f"{' '.join([str(pid) for pid in self.pids if pid is not None])} " if with_pids else ""
        return f"[{self.number}]{mark}  {pids}{word:<24}{self.text}{' &' if state == RUNNING else ''}"


class JobTable:
    """The jobs of one shell, by number."""

    __slots__ = ("_jobs", "_order", "finished")

    def __init__(self) -> None:
        self._jobs: dict[int, Job] = {}
        self._order: list[int] = []  # numbers, the current job last
        self.finished: dict[int, int] = {}  # statuses of processes that ended while nobody waited, for `wait pid`

    def enter(self, job: Job) -> None:
        """Give *job* a number, if it has none, and make it the current one."""
        if not job.number:
            job.number = max(self._jobs, default=0) + 1
            self._jobs[job.number] = job
        self.make_current(job)

    def make_current(self, job: Job) -> None:
        """`fg` and `bg` without a number mean this one."""
        if job.number in self._order:
            self._order.remove(job.number)
        self._order.append(job.number)

    def forget(self, job: Job) -> None:
        """Take *job* out of the table."""
        if self._jobs.pop(job.number, None) is not None:
            self._order.remove(job.number)

    def all(self) -> list[Job]:
        """Every job, by number."""
        return [self._jobs[number] for number in sorted(self._jobs)]

    def mark(self, job: Job) -> str:
        """`+` for the current job, `-` for the one before, else a blank."""
        if self._order and job.number == self._order[-1]:
            return "+"
        return "-" if len(self._order) > 1 and job.number == self._order[-2] else " "

    def note(self, pid: int, what: int | str) -> None:
        """Tell the job of *pid* what became of it."""
        for job in self._jobs.values():
            if pid in job.pids:
                job.note(pid, what)
        if type(what) is int:
            self.finished[pid] = what
            if len(self.finished) > 1024:
                self.finished.pop(next(iter(self.finished)))

    def find(self, name: str) -> Job | None:
        """The job that `%n`, `%%`, `%+`, `%-`, `%text` or `%?text` means, None if there is none."""
        text = name[1:] if name.startswith("%") else name
        if text in ("", "%", "+"):
            return self._jobs[self._order[-1]] if self._order else None
        if text == "-":
            return self._jobs[self._order[-2 if len(self._order) > 1 else -1]] if self._order else None
        if text.isdigit():
            return self._jobs.get(int(text))
        for job in reversed(self.all()):
            if (text[0] == "?" and text[1:] in job.text) or job.text.startswith(text):
                return job
        return None
