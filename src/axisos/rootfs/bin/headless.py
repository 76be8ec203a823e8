"""Init of a headless machine: does the one job that the host has given it (see /drivers/host.sys.py).

Places the job's files, loads its drivers, starts its program as the user on the host's streams, waits for it, and
reports its exit status, with the reason when it was killed.
"""

from __future__ import annotations

from abi.signals import SIGKILL
from abi.status import Status, StatusError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import env, syscall

STDIN, STDOUT, STDERR = -10, -11, -12
KILLED = 137
NOT_FOUND = 127
CANNOT_RUN = 126
SHELL = "/bin/sh.py"
SAID_OTHERWISE = ("exited", "uncaught error", "signal ")  # reasons that exit status or stderr have told


class Refused(Exception):
    """The job cannot be done: an exit status and one line for the user."""

    def __init__(self, exit_code: int, message: str) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.message = message


def open_streams() -> dict[int, str]:
    """The host's three streams, as standard handles for the job."""
    return {
        STDIN: syscall("vfs_open", "/dev/host_in", "r"),
        STDOUT: syscall("vfs_open", "/dev/host_out", "w"),
        STDERR: syscall("vfs_open", "/dev/host_err", "w"),
    }


def place_files(files: list[list[Any]], uid: int, gid: int) -> None:
    """Write the job's files, readable and executable by the user."""
    for path, content, mode in files:
        try:
            make_directories(path.rpartition("/")[0])
            handle = syscall("vfs_open", path, "w")
            syscall("vfs_write", handle, content)
            syscall("vfs_close", handle)
            syscall("vfs_chown", path, uid, gid)
            syscall("vfs_chmod", path, mode)
        except StatusError as error:
            raise Refused(CANNOT_RUN, f"cannot put {path}: {error.detail or error.status.meaning}") from None


def make_directories(path: str) -> None:
    """Make a directory and those above it, where missing."""
    if not path:
        return
    try:
        syscall("vfs_stat", path)
    except StatusError:
        make_directories(path.rpartition("/")[0])
        syscall("vfs_mkdir", path)


def load_drivers(paths: list[str], placed: list[list[Any]]) -> None:
    """Load the job's drivers; one that fails ends the job.

    One whose file has just been *placed* over that of a driver which the boot has loaded replaces it.
    """
    new = {row[0] for row in placed}.intersection(paths)
    replaced = new & driver_files() if new else new
    for path in paths:
        try:
            syscall("driver_reload" if path in replaced else "driver_load", path)
        except StatusError as error:
            raise Refused(CANNOT_RUN, f"driver {path}: {error}") from None


def driver_files() -> set[object]:
    """The files of all drivers that run, as the registry has them."""
    found = set()
    for key in syscall("reg_enum_keys", r"@VT\DRV"):
        value = syscall("reg_get_value", rf"@VT\DRV\{key}", "Path")
        found.add(value and value[0])
    return found


def start(job: dict[str, Any], account: dict[str, Any], streams: dict[int, str]) -> int:
    """Start the job's program with the rights that were just granted. Returns its pid."""
    user = job["user"]
    path, args = (SHELL, ["-c", job["line"]]) if job["argv"] is None else (job["argv"][0], job["argv"][1:])
    environment = {
        "ARGS": list(args),
        "PWD": account["home"],
        "HOME": account["home"],
        "USER": user,
        "UID": account["uid"],
        "SHELL": account["shell"],
        "PATH": "/usr/commands:/bin",
        "HOSTNAME": env.get("HOSTNAME", "axis"),
        "NO_COLOR": "1",
        **job["env"],
    }
    ring = account["ring"] if job["ring"] is None else job["ring"]
    try:
        return int(syscall("process_spawn", path, ring, environment, streams, 0, True))
    except StatusError as error:
        code = NOT_FOUND if error.status == Status.NO_SUCH_FILE else CANNOT_RUN
        raise Refused(code, f"{path}: {error.detail or error.status.meaning}") from None


def wait_for(pid: int, cpu_limit: float | None) -> tuple[int, str | None]:
    """The program's exit status, and why it was killed if it was."""
    over = False
    timeout_ms = None if cpu_limit is None else max(1.0, cpu_limit * 1000)
    while True:
        try:
            syscall("process_wait", pid, timeout_ms)
            break
        except StatusError as error:
            if error.status != Status.TIMEOUT or cpu_limit is None:
                raise
        used = syscall("process_info", pid)["cpu_time"]
        if used >= cpu_limit:
            over = True
            syscall("process_kill", pid, SIGKILL)
            timeout_ms = None
        else:
            timeout_ms = max(1.0, (cpu_limit - used) * 1000)
    ending = syscall("process_info", pid)
    if over:
        return KILLED, f"it used more than {cpu_limit:g} s of processor time"
    reason = ending["reason"]
    return ending["exit_status"], None if reason.startswith(SAID_OTHERWISE) else reason


def do_job(job: dict[str, Any], streams: dict[int, str]) -> tuple[int, str | None]:
    """The job from its files to its exit status."""
    try:
        account = syscall("auth_login", job["user"], None)
    except StatusError as error:
        raise Refused(CANNOT_RUN, f"user {job['user']!r}: {error.detail or error.status.meaning}") from None
    place_files(job["files"], account["uid"], account["gid"])
    load_drivers(job["drivers"], job["files"])
    pid = start(job, account, streams)
    syscall("vfs_device_control", streams[STDOUT], "set_foreground", [pid])
    return wait_for(pid, job["cpu_limit"])


def main() -> None:
    """Take the job, do it, report."""
    streams = open_streams()
    job = syscall("vfs_device_control", streams[STDOUT], "job", [])
    try:
        exit_code, reason = do_job(job, streams)
    except Refused as refusal:
        syscall("vfs_write", streams[STDERR], f"axisos: {refusal.message}\n".encode())
        exit_code, reason = refusal.exit_code, None
    syscall("vfs_device_control", streams[STDOUT], "finish", [exit_code, reason])
    while True:
        syscall("signal_pull")  # the host switches the machine off


main()
