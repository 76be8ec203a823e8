"""Conservation of requests: what goes down comes up exactly once, whatever drivers, callers and administrators do.

Each example is a whole machine and a script that a seed decides. A driver answers at once, later, too late, never, with
an error, or dies of it; it takes cancels well or badly, and sometimes refuses to be unloaded. Users open it, ask it
things from several threads, set time limits, close what they wait for, leave, and are killed; meanwhile the driver is
reloaded, unloaded, forced out and loaded again. Then all is left alone for a minute of machine time, and the books are
looked at. AXISOS_LONG=1 plays many more.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections import Counter
from typing import Any

import pytest

from axisos.machine.disk import overlay
from axisos.machine.machine import Machine
from axisos.machine.memory_storage import MemoryStorage
from kernel_invariants import broken_promises, service

SEEDS = range(1000) if os.environ.get("AXISOS_LONG") == "1" else range(24)
PM, DKMS = 2, 3
BUSY_MS = 20_000
WRONG = re.compile(r"MISMATCH|kernel bug|DKMS: .*Error: ")  # in the log

DRIVER = r'''
from axis import dk

DRIVER_INFO = {"driver_name": "Fate", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "1.0"}

WEIGHTS = __WEIGHTS__
REFUSALS = __REFUSALS__
FAILURES = __FAILURES__
later = []  # (when, irp): completed by on_idle

class Draw:
    """Chance for a driver: the modules of the host that have some are for programs."""

    def __init__(self, seed):
        self.state = seed * 2 + 1

    def random(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 11) / 2**53

    def choice(self, options):
        return options[int(self.random() * len(options))]

    def weighted(self, weights):
        left = self.random() * sum(weights.values())
        for name, weight in weights.items():
            left -= weight
            if left < 0:
                return name
        return name

draw = Draw(__SEED__ + int(syscall("time_get")[0] * 1e6))  # each process another

def answer(irp):
    if irp.major_function == dk.IRP_MJ_READ:
        return b"r" * (irp.parameters.length or 0)
    if irp.major_function == dk.IRP_MJ_WRITE:
        return len(irp.parameters.data)
    return irp.parameters.args[0] if irp.parameters.args else None

def serve(device, irp):
    fate = draw.weighted(WEIGHTS)
    if fate == "now":
        return answer(irp)
    if fate == "itself":
        dk.complete_request(irp, 0, answer(irp))
        return None
    if fate == "error":
        raise dk.StatusError(dk.Status.DEVICE_BUSY, "not today")
    if fate == "bug":
        return {}["missing"]
    if fate == "die":
        raise SystemExit
    if fate == "sleep":
        syscall("process_sleep", draw.choice((1, 50, 1500)))
        return answer(irp)
    if fate == "later":
        later.append((now() + draw.choice((0.0, 0.001, 0.05, 1.0, 4.0)), irp))
    elif fate == "too late":
        later.append((now() + draw.choice((6.0, 11.0, 31.0)), irp))
    elif fate == "unlimited":
        irp.deadline = None
        later.append((now() + draw.choice((2.0, 12.0)), irp))
    return dk.PENDING  # "never" comes here, too

def now():
    return syscall("time_get")[0]

def on_idle():
    due = [entry for entry in later if entry[0] <= now()]
    for entry in due:
        later.remove(entry)
        try:
            dk.complete_request(entry[1], 0, answer(entry[1]))
        except dk.StatusError:
            pass  # it was withdrawn meanwhile
    return 0.02 if later else None

def on_cancel(irp):
    mine = [entry for entry in later if entry[1] is irp]
    choice = draw.choice(("let go", "let go", "complete", "soon", "never"))
    for entry in mine:
        later.remove(entry)
    if choice == "complete":
        dk.complete_request(irp, dk.Status.CANCELLED)
    elif choice == "soon":
        later.append((now() + 0.05, irp))
        return dk.PENDING
    elif choice == "never":
        return dk.PENDING

def driver_entry(driver):
    for major in (dk.IRP_MJ_READ, dk.IRP_MJ_WRITE, dk.IRP_MJ_DEVICE_CONTROL):
        driver.dispatch[major] = serve
    if draw.random() < 0.5:
        driver.dispatch[dk.IRP_MJ_CREATE] = serve
    for number in range(2):
        dk.create_device(driver, f"\\Device\\Fate{number}")
        dk.create_symbolic_link(f"/dev/fate{number}", f"\\Device\\Fate{number}")
    if draw.random() < FAILURES:
        if draw.random() < 0.5:
            dk.delete_device("\\Device\\Fate0")
        raise dk.StatusError(dk.Status.DEVICE_NOT_READY, "not yet")

def driver_unload(driver):
    if draw.random() < REFUSALS:
        return dk.Status.DRIVER_UNLOAD_FAILED
    for number in range(2):
        dk.delete_device(f"\\Device\\Fate{number}")

dk.run(driver_entry, driver_unload, on_idle=on_idle, on_cancel=on_cancel)
'''

INIT = r'''
import json

from abi.status import StatusError

def log(text):
    syscall("kernel_log", "conservation: " + text)

def attempt(name, *args):
    try:
        return syscall(name, *args)
    except StatusError as error:
        return error

def caller(steps):
    handles = {}
    def run(steps):
        for step in steps:
            do(*step)
    def do(name, *values):
        if name == "open":
            handles[values[0]] = attempt("vfs_open", f"/dev/fate{values[1]}", "rw")
        elif name == "sleep":
            syscall("process_sleep", values[0])
        elif name == "thread":
            syscall("process_thread", lambda: run(values[0]))
        else:
            handle = handles.get(values[0])
            if type(handle) is not str:
                return
            if name == "read":
                data = attempt("vfs_read", handle, values[1])
                if type(data) is bytes and data != b"r" * values[1]:
                    log(f"MISMATCH read {values[1]} gave {data!r}")
            elif name == "write":
                count = attempt("vfs_write", handle, b"w" * values[1])
                if type(count) is int and count != values[1]:
                    log(f"MISMATCH write {values[1]} gave {count!r}")
            elif name == "control":
                token = attempt("vfs_device_control", handle, "echo", [values[1]], values[2])
                if not isinstance(token, StatusError) and token != values[1]:
                    log(f"MISMATCH control {values[1]} gave {token!r}")
            elif name == "close":
                attempt("vfs_close", handles.pop(values[0]))
    run(steps)
    log("caller is through")

def load():
    attempt("driver_load", "/drivers/fate.sys.py")

def main():
    if "STEPS" in env:
        caller(env["STEPS"])
        return
    handle = syscall("vfs_open", "/etc/script.json", "r")
    data = b""
    while chunk := syscall("vfs_read", handle, 65536):
        data += chunk
    syscall("vfs_close", handle)
    script = json.loads(data)
    load()
    pids = []
    for step in script["callers"]:
        pids.append(syscall("process_spawn", "/bin/conserve.py", 3, {"STEPS": step}, {}))
    start = syscall("time_get")[0]
    for at_ms, name, value in script["troubles"]:
        left_ms = at_ms - (syscall("time_get")[0] - start) * 1000
        if left_ms > 0:
            syscall("process_sleep", left_ms)
        if name == "kill":
            attempt("process_kill", pids[value % len(pids)], 9)
        elif name == "reload":
            attempt("driver_reload", "Fate")
        elif name == "unload":
            attempt("driver_unload", "Fate", False)
            load()
        elif name == "force":
            attempt("driver_unload", "Fate", True)
            load()
    syscall("process_sleep", 25_000)
    for pid in pids:
        attempt("process_kill", pid, 9)
    syscall("process_sleep", 60_000)
    log("at rest")
    while True:
        syscall("signal_pull")

main()
'''


def script_of(draw: random.Random) -> dict[str, Any]:
    """Callers' steps and troubles."""

    def use(slot: int) -> list[Any]:
        kind = draw.choice(("read", "write", "control", "control"))
        if kind == "read":
            return ["read", slot, draw.choice((0, 1, 100, 5000))]
        if kind == "write":
            return ["write", slot, draw.choice((1, 100, 5000))]
        return ["control", slot, f"token {draw.random()}", draw.choice((None, None, 5, 500))]

    def steps() -> list[Any]:
        found: list[Any] = [["sleep", draw.choice((0, 1, 100, 3000))], ["open", 0, draw.randrange(2)]]
        for _ in range(draw.randint(2, 15)):
            slot = draw.choice((0, 0, 1))
            found.append(draw.choice((
                use(slot), use(slot), use(slot), ["sleep", draw.choice((0, 1, 700))], ["close", slot],
                ["open", slot, draw.randrange(2)], ["thread", [use(slot) for _ in range(draw.randint(1, 4))]],
                ["thread", [use(slot), ["close", slot]]],
            )))  # fmt: skip
        return found

    kinds = "kill", "kill", "reload", "reload", "unload", "force"
    troubles = [
        [draw.randrange(BUSY_MS), draw.choice(kinds), draw.randrange(9)]
        for _ in range(draw.randint(0, 6))
    ]
    return {"callers": [steps() for _ in range(draw.randint(1, 6))], "troubles": sorted(troubles)}


def driver_of(draw: random.Random, seed: int) -> str:
    """A driver with a character of its own: most fates are left out, so that each shows in many examples."""
    fates = {
        "now": 6, "itself": 3, "error": 2, "bug": 1, "sleep": 2, "later": 6, "too late": 1, "unlimited": 1, "never": 1,
        "die": 0.4,
    }  # fmt: skip
    weights = {fate: weight for fate, weight in fates.items() if draw.random() < 0.6} or {"now": 1}
    return driver_with(weights, draw.choice((0, 0, 0.5)), draw.choice((0, 0, 0.3)), seed)


def driver_with(weights: dict[str, float], refusals: float = 0, failures: float = 0, seed: int = 0) -> str:
    """The driver's text. refusals, failures: how often it refuses to go, and to come."""
    filled = {"__WEIGHTS__": weights, "__REFUSALS__": refusals, "__FAILURES__": failures, "__SEED__": seed}
    text = DRIVER
    for place, value in filled.items():
        text = text.replace(place, repr(value))
    return text


class Ledger:
    """Which requests went down and which came up, as the messages between the services and drivers say."""

    def __init__(self, kernel: Any) -> None:
        self.down: dict[int, Any] = {}  # request -> its Irp
        self.answers: Counter[int] = Counter()
        self.given_up: set[int] = set()
        self.gone: set[int] = set()  # drivers whose requests the Pipeline Manager was to answer
        self._deliver = kernel.messages.deliver
        kernel.messages.deliver = self.deliver

    def deliver(self, receiver: Any, message: tuple[Any, ...]) -> None:
        sender, name, *values = message
        if sender == PM and name in ("vfs_io_request", "irp_dispatch"):
            self.down[values[0].irp_id] = values[0]
        elif sender == PM and name == "irp_late":
            self.given_up.add(values[0].irp_id)
        elif receiver.pid == PM and name == "irp_complete":
            self.answers[values[0]] += 1
        elif sender == DKMS and name == "driver_gone":
            self.gone.add(values[0])
        self._deliver(receiver, message)

    def broken(self) -> list[str]:
        """Requests that did not come up exactly once."""
        lines = []
        for irp_id, irp in self.down.items():
            count = self.answers[irp_id]
            excused = irp_id in self.given_up or irp.driver_pid in self.gone
            if count > 1 or (count == 0 and not excused):
                lines.append(f"{irp} came up {count} times; its last step: {irp.step!r}")
        never = [irp_id for irp_id in self.answers if irp_id not in self.down]
        return lines + [f"answer to {irp_id}, which never went down" for irp_id in never]


def put(storage: MemoryStorage, path: str, text: str) -> None:
    storage.make_directory(path.rpartition("/")[0])
    file = storage.open(path, "w")
    assert file is not None
    file.write(text.encode())
    file.close()


def play(seed: int) -> list[str]:
    """One example. Returns what did not hold."""
    draw = random.Random(seed)
    memory = MemoryStorage()
    text = driver_of(draw, seed)
    put(memory, "drivers/fate.sys.py", text)
    put(memory, "bin/conserve.py", INIT)
    put(memory, "etc/script.json", json.dumps(script_of(draw)))
    log: list[str] = []
    with Machine(
        overlay(memory, True), seed=seed, schedule="random", boot_args={"init": "/bin/conserve.py", "timeout": 0},
        verbose_log=log.append,
    ) as machine:
        ledgers: list[Ledger] = []
        publish = machine.computer.publish
        machine.computer.publish = lambda kernel: (ledgers.append(Ledger(kernel)), publish(kernel))
        machine.power_on()
        machine.run_until(lambda: any("at rest" in line for line in log), timeout=600)
        machine.run_until_idle()
        kernel, (ledger,) = machine.kernel, ledgers
        found = ledger.broken() + broken_promises(kernel)
        found += [line for line in log if WRONG.search(line)]
        devices = service(kernel, PM, "PipelineManager")._devices
        dkms = service(kernel, DKMS, "Dkms")
        found += [f"the Pipeline Manager still has {entry.irp}" for entry in devices.pending.values()]
        found += [f"{body.path} is still open" for body in devices._open.values() if "fate" in body.path]
        found += [f"DKMS still has {irp} at {driver}" for irp, driver in dkms.dispatcher.pending_irps.values()]
        found += [f"{irp} is still parked" for irp, _ in dkms.dispatcher._parked]
        for name, (device, driver) in dkms.dispatcher.device_tree.items():
            if device.open_count:
                found.append(f"{name} of {driver} counts {device.open_count} opens")
        images = Counter(process.image for process in kernel.processes.processes())
        found += [f"{images['/bin/conserve.py'] - 1} callers are left"] * (images["/bin/conserve.py"] != 1)
        found += [f"{images['/drivers/fate.sys.py']} drivers are left"] * (images["/drivers/fate.sys.py"] > 1)
        asked = sum("Fate" in irp.device_name for irp in ledger.down.values())
        if not asked and "FAILURES = 0\n" in text:
            found.append("the driver was never asked anything")
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_what_goes_down_comes_up_exactly_once(seed: int) -> None:
    """Each request has one answer, and afterwards nothing is pending, parked, open or left running."""
    assert play(seed) == []


def test_a_read_ends_when_its_driver_is_forced_out() -> None:
    """The driver deletes its device first, so that nobody knows the name any more; its readers hear of its end."""
    driver = driver_with({"never": 1}).replace("draw.random() < 0.5", "False")  # opens are agreed to
    read = ["read", 0, 100]
    callers = [[["open", 0, 0], read], [["sleep", 100], ["open", 0, 0], read]]
    script = {"callers": callers, "troubles": [[2000, "force", 0]]}
    memory = MemoryStorage()
    put(memory, "drivers/fate.sys.py", driver)
    put(memory, "bin/conserve.py", INIT)
    put(memory, "etc/script.json", json.dumps(script))
    log: list[str] = []
    with Machine(
        overlay(memory, True), seed=1, boot_args={"init": "/bin/conserve.py", "timeout": 0}, verbose_log=log.append
    ) as machine:
        machine.power_on()
        machine.run_until(lambda: sum("caller is through" in line for line in log) == 2, timeout=10)
