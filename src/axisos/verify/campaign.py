"""The runs of one `axisos verify`: each seed once as it comes, then once for each place where something can fail.

    seeds ---> run, nothing fails ---> the places at which a call could fail ---> run again, that call fails once

A place belongs to the lowest seed that comes there and has a number among that seed's places, so that `--seed S --fault
K` finds it again.

Called by   the command.
Always so   who stops early, or has no more time, gets what was found until then. At most `jobs` children live, and none
            is left behind.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
from collections import deque
from time import monotonic

from axisos.verify.run import Job, RunResult, perform

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Wanted = tuple[int, int, str]  # seed, number of the fault, the site that is to fail

CHUNK = 1 << 16
USER_MODE = "UserModeDriver"
# A load that fails with one of these says that the file is no driver, or one that may not be loaded here.
NOT_A_DRIVER = {
    400: "is no Python that can be run", 401: "has no driver_entry", 402: "has no DRIVER_INFO that can be used",
    403: "is not admitted by the policy for signatures", 407: "has an unknown driver_type",
}


class Campaign:
    """The runs of one driver. `go` does them; then there are `results`."""

    def __init__(
        self, job: Job, seeds: Sequence[int], *, faults: bool = True, only_fault: int | None = None,
        time_s: float = 60.0, jobs: int = 1, control: int | None = None,
        progress: Callable[[str], object] = lambda _text: None,
    ) -> None:
        self._job = job
        self._faults = faults  # make calls fail, too
        self._only_fault = only_fault
        self._deadline = monotonic() + time_s
        self._jobs = jobs
        self._control = control  # a descriptor; whatever can be read there ends it early
        self._progress = progress
        self._waiting: deque[Wanted] = deque((seed, 0, "") for seed in seeds)
        self._plain_left = len(self._waiting)  # runs in which nothing fails that have not ended
        self._running: dict[int, tuple[int, Wanted, list[bytes]]] = {}  # descriptor -> child, its task, its words
        self._known_sites: dict[str, None] = {}
        self.results: list[RunResult] = []
        self.left = 0  # runs that were not done
        self.stopped = ""  # why
        self.unusable = ""  # why this is nothing to verify

    @property
    def sites(self) -> list[str]:
        """Where calls can be made to fail."""
        return list(self._known_sites)

    def go(self) -> None:
        """Do the runs."""
        gc.collect()
        gc.freeze()  # nobody looks at these objects again, so their pages stay shared with the children
        try:
            while (self._waiting or self._running) and not self.unusable:
                while self._waiting and len(self._running) < self._jobs:
                    self._start(self._waiting.popleft())
                if not self._listen():
                    break
                self._progress(
                    f"{len(self.results)} of {len(self.results) + len(self._running) + len(self._waiting)} runs, "
                    f"{sum(len(result.findings) for result in self.results)} findings"
                )
        finally:
            self.left = len(self._waiting) + len(self._running)
            for descriptor, (pid, _, _) in self._running.items():
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                os.close(descriptor)
            self._running.clear()
            gc.unfreeze()
        self.results.sort(key=lambda result: (result.fault != 0, result.seed, result.fault))

    def _start(self, wanted: Wanted) -> None:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                os.close(reading)
                seed, fault, fail_at = wanted
                perform(self._job, seed, fault, fail_at, lambda said: _write_all(writing, said))
                code = 0
            finally:
                os._exit(code)  # nothing of this process may go back into the parent's code
        os.close(writing)
        self._running[reading] = pid, wanted, []

    def _listen(self) -> bool:
        """Hear what the children say. Returns False when it is to end."""
        watched = list(self._running) + ([] if self._control is None else [self._control])
        ready = select.select(watched, [], [], max(0.0, self._deadline - monotonic()))[0]
        if self._control in ready:
            self.stopped = "stopped"
            return False
        if not ready:
            self.stopped = "out of time"
            return False
        for descriptor in ready:
            chunk = os.read(descriptor, CHUNK)
            if chunk:
                self._running[descriptor][2].append(chunk)
            else:
                self._bury(descriptor)
        return True

    def _bury(self, descriptor: int) -> None:
        """A child has said all that it has to say."""
        pid, (seed, fault, _), said = self._running.pop(descriptor)
        os.close(descriptor)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        try:
            result = RunResult(seed, fault, json.loads(b"".join(said)))
        except ValueError:
            result = RunResult(seed, fault, {"findings": [_lost(code)]})
        self.results.append(result)
        if fault:
            return
        self._judge(result)
        self._plain_left -= 1
        if not self._plain_left:
            self._plan_faults()

    def _plan_faults(self) -> None:
        """All seeds have run as they come. A place is its lowest seed's, whichever run came to its end first."""
        for result in sorted(self.results, key=lambda result: result.seed):
            for number, site in enumerate(result.sites, 1):
                if self._only_fault is not None:
                    if number == self._only_fault:
                        self._waiting.append((result.seed, number, site))
                elif self._faults and site not in self._known_sites:
                    self._waiting.append((result.seed, number, site))
                self._known_sites[site] = None

    def _judge(self, result: RunResult) -> None:
        """Whether there is something to verify at all."""
        load = result.outcome.get("load")
        if load and load[0] in NOT_A_DRIVER:
            self.unusable = f"it {NOT_A_DRIVER[load[0]]}: {load[1]}"
        elif result.outcome.get("types") == [USER_MODE]:
            self.unusable = "it is a user-mode driver, whose mistakes end at its host; there is nothing to watch"
        elif load and load[0] == 0 and not result.outcome.get("types"):
            self.unusable = "the machine has no component of the type that it drives; plug one in with --component"


def _lost(code: int) -> dict[str, object]:
    how = f"signal {signal.Signals(-code).name}" if code < 0 else f"status {code}"
    return {
        "rule": "breaks-the-system", "driver": "", "request": "", "place": "", "count": 1, "failed": "",
        "detail": f"the run's process ended with {how}",
    }


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view):]
