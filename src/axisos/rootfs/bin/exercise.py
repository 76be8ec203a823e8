"""Init of a machine that tries a driver out (see `axisos verify`): loads it, has it used and misused, unloads it.

What is to be done stands in /etc/exercise.json, how it went is written to /etc/exercise.out. Nothing is judged here:
the driver runs under the verifier, which sees what it does wrong.

    coordinator (uid 0)                     callers, each a process of some user
      | loads the driver
      | starts the callers ---------------->| open, read, write, control, close, as their steps say,
      | kills some, reloads, unloads        | some of it in several threads at once
      | waits for the patient ones          |
      | kills the rest, waits until all cancelled requests must be back
      | unloads the driver, loads it again, opens it, unloads it

Called by   the Pipeline Manager, as the machine's first program, and by itself for each caller.
"""

from __future__ import annotations

import json

from abi.signals import SIGKILL
from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import env, syscall

    Step = list[Any]

PLAN, OUTCOME = "/etc/exercise.json", "/etc/exercise.out"
SETTLE_MS = 7000  # after which a cancelled request must have come back
PATIENT_MS = 45_000  # the longest that a caller waits which nobody disturbs
WORLD = "666"
RING = 3  # of all callers: from there they can be killed
PATTERN = bytes(range(256))
BYTES_MARK, BYTES = "\0bytes", b"\0\xff bytes"  # JSON has none


# --- a caller ------------------------------------------------------------------------------------------------------


class Caller:
    """One process that uses the driver's devices: does its steps, whatever they lead to."""

    def __init__(self, links: list[str]) -> None:
        self._links = links
        self._handles: dict[int, str] = {}  # slot -> handle

    def run(self, steps: list[Step]) -> None:
        """Do one step after the other; what fails has failed."""
        for name, *values in steps:
            try:
                getattr(self, name)(*values)
            except StatusError:
                pass

    def open(self, slot: int, which: int, mode: str) -> None:
        self._handles[slot] = syscall("vfs_open", self._links[which % len(self._links)], mode)

    def read(self, slot: int, count: int) -> None:
        syscall("vfs_read", self._handle(slot), count)

    def write(self, slot: int, size: int) -> None:
        syscall("vfs_write", self._handle(slot), (PATTERN * (size // 256 + 1))[:size])

    def control(self, slot: int, method: str, args: list[Any], timeout_ms: int | None) -> None:
        given = [BYTES if arg == BYTES_MARK else arg for arg in args]
        syscall("vfs_device_control", self._handle(slot), method, given, timeout_ms)

    def close(self, slot: int) -> None:
        syscall("vfs_close", self._handles.pop(slot, ""))

    def sleep(self, ms: int) -> None:
        syscall("process_sleep", ms)

    def thread(self, steps: list[Step]) -> None:
        """Do these beside what follows."""
        syscall("process_thread", lambda: self.run(steps))

    def _handle(self, slot: int) -> str:
        if slot not in self._handles:
            raise StatusError(Status.INVALID_HANDLE)
        return self._handles[slot]


# --- the coordinator -----------------------------------------------------------------------------------------------


class Exercise:
    """One driver's day."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self._plan = plan
        self._path: str = plan["driver"]
        self._pids: dict[int, int] = {}  # caller's number -> process
        self.outcome: dict[str, Any] = {"load": None, "links": [], "faults": []}

    def run(self) -> None:
        """From the first load to the last unload."""
        syscall("driver_verify", "on", self._path, self._plan["fail_at"])
        was_there = bool(self._instances())
        status, text = self._load()
        self.outcome["load"] = [status, text]
        if status and self._plan["fail_at"]:  # that was to be expected
            if self._plan["needs_address"]:
                return  # nobody but the boot can load it
            status, text = self._load()  # nothing stands in the way of this one
        if status:
            self._fault("does-not-load", f"status {status}: {text}", "the first load")
            return
        instances = self._instances()
        self.outcome["types"] = sorted({row["type"] for row in instances})
        if instances:
            self._have_it_used()
            self._end(was_there)

    def _have_it_used(self) -> None:
        links = self._links()
        self.outcome["links"] = links
        if links:
            self._start_callers(links)
        start = self._now()
        for at_ms, name, *values in self._plan["troubles"]:
            self._sleep_until(start + at_ms / 1000)
            getattr(self, name)(*values)
        self._sleep_until(start + self._plan["busy_ms"] / 1000)
        self._wait_for_the_patient()
        for pid in self._pids.values():
            self._call("process_kill", pid, SIGKILL)
        syscall("process_sleep", SETTLE_MS)

    def _end(self, was_there: bool) -> None:
        """Nobody uses it any more: it must go, and come back."""
        if not self._unload_at_rest():
            return
        if was_there and self._plan["needs_address"]:
            return  # nobody but the boot can load it
        if not self._load_again("the load after an unload at rest"):
            return
        for link in self._links():
            handle = self._call("vfs_open", link, "r")
            if type(handle) is str:
                self._call("vfs_close", handle)
        self._unload_at_rest()

    def _unload_at_rest(self) -> bool:
        """Unload it, which must succeed. Returns whether there was something to unload."""
        if not self._instances():
            return False  # it has died, as the verifier knows
        try:
            syscall("driver_unload", self._path, False)
        except StatusError as error:
            self._fault("does-not-unload", f"status {int(error.status)}: {error.detail}", "driver_unload at rest")
            return False
        return True

    # --- troubles ----------------------------------------------------------------------------------------------

    def kill(self, number: int) -> None:
        """Somebody ends in the middle of a call."""
        if number in self._pids:
            self._call("process_kill", self._pids[number], SIGKILL)

    def reload(self) -> None:
        """The driver is replaced while it is used."""
        error = self._call("driver_reload", self._path)
        if isinstance(error, StatusError) and error.status != Status.NO_SUCH_DEVICE:
            self._judge_load(int(error.status), error.detail, "a reload")

    def unload(self) -> None:
        """Refused while it is open; if nobody has it open, it comes back."""
        self._call("driver_unload", self._path, False)
        if not self._instances() and not self._plan["needs_address"]:
            self._load_again("the load after an unload")

    def force(self) -> None:
        """Unloaded under its users' hands, and loaded again."""
        if not self._plan["needs_address"]:
            self._call("driver_unload", self._path, True)
            self._load_again("the load after a forced unload")

    # --- inside ------------------------------------------------------------------------------------------------

    def _load_again(self, doing: str) -> bool:
        """Load it once more, which must succeed, unless something may be made to fail just now. Returns whether."""
        status, text = self._load()
        self._judge_load(status, text, doing)
        return status == 0

    def _judge_load(self, status: int, text: str, doing: str) -> None:
        if status and not self._instances() and not self._plan["fail_at"]:
            self._fault("does-not-load", f"status {status}: {text}", doing)

    def _load(self) -> tuple[int, str]:
        """Load the driver; one that the boot has loaded is replaced, for only the boot knows its address."""
        try:
            if self._instances():
                return 0, str(syscall("driver_reload", self._path))
            return 0, str(syscall("driver_load", self._path))
        except StatusError as error:
            return int(error.status), error.detail

    def _instances(self) -> list[dict[str, Any]]:
        return [row for row in syscall("driver_query") if row["path"] == self._path and row["pid"]]

    def _links(self) -> list[str]:
        links = [link for row in self._instances() for device in row["devices"] for link in device["links"]]
        for link in links:
            self._call("vfs_chmod", link, WORLD)
        return sorted(links)

    def _start_callers(self, links: list[str]) -> None:
        for number, caller in enumerate(self._plan["callers"]):
            syscall("auth_login", caller["user"], None)
            environment = {"STEPS": caller["steps"], "LINKS": links}
            self._pids[number] = syscall("process_spawn", "/bin/exercise.py", RING, environment, {}, 0, True)

    def _wait_for_the_patient(self) -> None:
        deadline = self._now() + PATIENT_MS / 1000
        for number, caller in enumerate(self._plan["callers"]):
            left_ms = (deadline - self._now()) * 1000
            if caller["patient"] and number in self._pids and left_ms > 0:
                self._call("process_wait", self._pids[number], left_ms)

    def _fault(self, rule: str, detail: str, doing: str) -> None:
        self.outcome["faults"].append([rule, detail, doing])

    def _now(self) -> float:
        now_s: float = syscall("time_get")[0]
        return now_s

    def _sleep_until(self, time_s: float) -> None:
        left_ms = int((time_s - self._now()) * 1000)
        if left_ms > 0:
            syscall("process_sleep", left_ms)

    def _call(self, name: str, *args: object) -> object:
        """A call that may fail: then its error."""
        try:
            return syscall(name, *args)
        except StatusError as error:
            return error


def read_file(path: str) -> bytes:
    handle = syscall("vfs_open", path, "r")
    chunks = []
    while chunk := syscall("vfs_read", handle, 65536):
        chunks.append(chunk)
    syscall("vfs_close", handle)
    return b"".join(chunks)


def write_file(path: str, data: bytes) -> None:
    handle = syscall("vfs_open", path, "w")
    syscall("vfs_write", handle, data)
    syscall("vfs_close", handle)


def main() -> None:
    """A caller's life, or the coordinator's, which ends with the machine's."""
    if "STEPS" in env:
        Caller(env["LINKS"]).run(env["STEPS"])
        return
    exercise = Exercise(json.loads(read_file(PLAN)))
    try:
        exercise.run()
    finally:
        write_file(OUTCOME, json.dumps(exercise.outcome).encode())
        syscall("computer_shutdown")


main()
