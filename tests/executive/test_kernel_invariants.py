"""The walk over the kernel's tables sees what is wrong: each table is spoilt once, and the walk names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from test_on_the_kernel import Computer

from kernel_invariants import broken_promises, service
from kernelrig import BareMachine

PROGRAM = """
permits, event = syscall("ke_create_semaphore", 0, 5), syscall("ke_create_event")
mutex = syscall("ke_create_mutex", True)
watch = syscall("reg_notify", "@VT")
queue, section = syscall("ke_create_mqueue", "q", 2), syscall("ke_create_section", "s", 64)
reader, writer = syscall("ke_create_named_pipe", "p", 64)
timer = syscall("ke_create_timer")[0]
syscall("ke_set_timer", timer, 10**9)
syscall("ke_map_section", section)["x"] = [1]
syscall("process_thread", lambda: syscall("ke_wait_single", permits, 10**9))
syscall("process_thread", lambda: syscall("vfs_read", reader))
syscall("process_thread", lambda: syscall("ke_mq_receive", queue))
syscall("process_thread", lambda: syscall("process_wait", syscall("process_list_threads")[1]))
syscall("signal_pull")
"""


class World:
    """One program that holds and waits for something of every kind."""

    def __init__(self, kernel: Any, process: Any) -> None:
        self.kernel = kernel
        self.process = process
        self.header = {e.header.type: e.header for e in process.handles.entries.values()}
        self.body = {name: header.body for name, header in self.header.items()}
        self.pipe = self.body["IoPipeObject"].pipe
        self.waiter = process.threads[1]


def put(owner: Any, name: str, value: object) -> None:
    setattr(owner, name, value)


SPOILT: dict[str, tuple[Callable[[World], object], str]] = {
    "a thread is dead": (lambda w: put(w.waiter, "killed", True), "is dead"),
    "a thread waits for nothing": (lambda w: put(w.waiter.wait, "active", False), "waits for nothing"),
    "a thread is ready and nobody knows": (lambda w: put(w.waiter, "status", "ready"), "not in a ready queue"),
    "a thread is queued and sleeps": (lambda w: w.kernel.scheduler._woken.append(w.waiter), "in a ready queue"),
    "a message waits with its reader": (
        lambda w: w.process.main.messages.append((0, "x")),
        "waits for a message and has",
    ),
    "a message is an object": (lambda w: w.waiter.messages.append((0, w)), "not plain data"),
    "a process makes calls of ring 0": (lambda w: put(w.process, "calls", {}), "calls of another ring"),
    "a process has no parent": (lambda w: put(w.process, "parent", None), "has no parent"),
    "a parent has forgotten": (lambda w: w.process.parent.children.clear(), "is not a child of its parent"),
    "SIGKILL is masked": (lambda w: put(w.process, "mask", frozenset([9])), "blocks or handles"),
    "a signal is pending in silence": (lambda w: w.process.pending_signals.append(30), "and no alarm"),
    "an exit record is of the living": (
        lambda w: w.process.ended_children.update({w.process.pid: (0, "x")}),
        "which lives",
    ),
    "a permit waits with its taker": (lambda w: put(w.body["KeSemaphore"], "count", 1), "which have come"),
    "permits beyond the maximum": (lambda w: put(w.body["KeSemaphore"], "count", 9), "permits of 5"),
    "a waiter has lost its place": (lambda w: w.body["KeSemaphore"].waiters.clear(), "stands nowhere"),
    "a reader has lost its place": (lambda w: w.pipe.read_waits.clear(), "stands nowhere"),
    "a watcher has lost its place": (lambda w: w.waiter.watchers.clear(), "stands nowhere"),
    "data waits with its reader": (
        lambda w: (w.pipe.chunks.append(b"x"), put(w.pipe, "buffered", 1)),
        "readers and has",
    ),
    "a pipe counts wrong": (lambda w: put(w.pipe, "buffered", 2), "and holds 0"),
    "a pipe counts its ends wrong": (lambda w: put(w.pipe, "writers", 2), "are open"),
    "a named pipe is not counted": (
        lambda w: put(w.kernel.table.entries["ke_create_pipe"].body.__self__, "named_pipes", 0),
        "have a name",
    ),
    "a message queue has and waits": (
        lambda w: w.body["IpcMessageQueue"].messages.append((0, 1, b"x")),
        "has messages and is waited for",
    ),
    "a mutex has no owner": (lambda w: put(w.body["KeMutex"], "owner", None), "whose owner is None"),
    "a mutex is free and taken": (lambda w: put(w.body["KeMutex"], "recursion", 0), "acquired 0 times"),
    "a timer will not be due": (lambda w: w.body["KeTimer"].deadline.cancel(), "will never be due"),
    "timers are not counted": (lambda w: put(w.kernel.timers, "active_timers", 5), "are counted"),
    "deadlines are out of order": (lambda w: w.kernel.scheduler._deadlines.reverse(), "out of order"),
    "a DPC is forgotten": (lambda w: w.kernel.dpcs._queued.update({1: (int, 0, 0)}), "will never run"),
    "the kernel stays at an IRQL": (lambda w: put(w.kernel.kernel_process.main, "irql", 2), "raised IRQL"),
    "a reference too many": (lambda w: put(w.header["KeEvent"], "reference_count", 2), "references are held"),
    "a handle too many": (lambda w: put(w.header["KeEvent"], "handle_count", 2), "are counted"),
    "an object too many": (lambda w: put(w.header["KeEvent"].type_object, "total_objects", 7), "are counted"),
    "a name leads elsewhere": (
        lambda w: put(w.header["MmSectionObject"], "name", "\\Section\\t"),
        "stands in the namespace",
    ),
    "a handle of another token": (lambda w: put(w.process, "token", "SYN-0"), "of another token"),
    "a slot is stale": (lambda w: w.process.handles.standard.update({-10: "H-0"}), "handle that is closed"),
    "a quota is leaked": (lambda w: w.process.ledger.add("section_bytes", 1), "is charged for 65"),
    "a user's quota is leaked": (lambda w: w.process.account.add("threads", -1), "is charged for 3 threads, and has 4"),
    "a section counts wrong": (lambda w: put(w.body["MmSectionObject"], "used", 1), "counts 1"),
    "a call is open to another ring": (
        lambda w: w.kernel.table.by_ring[3].update(dmesg_clear=int),
        "is not the kernel's for it",
    ),
    "a call is gone": (lambda w: w.kernel.table.by_ring[3].pop("process_exit"), "which is open to it"),
    "a request is nobody's": (lambda w: w.kernel.messages._requests.update({5: w.waiter.wait}), "no caller that waits"),
    "a request is lost": (lambda w: put(w.waiter.wait, "request_id", 9), "is not there"),
    "an override is of the dead": (
        lambda w: w.kernel.messages._overrides.update(x=type("T", (), {"killed": True, "pid": 0})()),
        "is overridden",
    ),
    "a key is not found": (lambda w: w.kernel.registry._keys.pop("@VT\\DEV"), "knows the paths of"),
    "bytes of values are not counted": (lambda w: put(w.kernel.registry, "_data", 99), "counts 99"),
    "nobody is told of changes": (lambda w: put(w.kernel.registry, "on_change", None), "tells of changes to 1"),
    "a watch is of nothing": (lambda w: put(w.body["CmRegistryWatch"], "key", None), "of another key than"),
    "a watch stands nowhere": (
        lambda w: put(w.kernel.registry.existing("@VT"), "watches", ()), "tells of changes to 0",
    ),
    "two hold one list": (
        lambda w: w.waiter.messages.append((0, "x", w.body["MmSectionObject"].values["x"])),
        "are the same object",
    ),
    "the log has an escape": (lambda w: w.kernel.log._entries[-1].update(msg="\x1b[2J"), "would obey"),
    "somebody is current": (lambda w: put(w.kernel.scheduler, "current", w.waiter), "is current while nothing runs"),
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_is_spoilt_is_named(what: str) -> None:
    """Nothing is wrong before, and what is wrong then is said."""
    spoil, said = SPOILT[what]
    with BareMachine() as bare:
        process = bare.start(PROGRAM)
        bare.machine.run_for(0.1)
        assert broken_promises(bare.kernel) == []
        world = World(bare.kernel, process)
        before = bare.kernel.scheduler.current
        spoil(world)
        found = broken_promises(bare.kernel)
        bare.kernel.scheduler.current = before
        assert [line for line in found if said in line], found


SERVICES_SPOILT: dict[str, tuple[Callable[[Any, Any, Any], object], str]] = {
    "a file is closed below": (
        lambda pm, dkms, body: body["file"].disk.close(body["file"].raw_handle),
        "does not know",
    ),
    "a device is not in the book": (lambda pm, dkms, body: pm._devices._open.clear(), "does not know"),
    "a driver is not found by place": (lambda pm, dkms, body: dkms.books.by_place.clear(), "by its place"),
    "a driver is gone": (lambda pm, dkms, body: dkms.books.driver_registry.clear(), "has no driver"),
    "a device is gone": (lambda pm, dkms, body: dkms.dispatcher.device_tree.clear(), "not in the device tree"),
    "a link leads nowhere": (lambda pm, dkms, body: dkms.dispatcher.symbolic_links.update(x="y"), "which is not there"),
    "an interrupt is for nobody": (lambda pm, dkms, body: dkms.interrupts.table.update(x={}), "drivers that are gone"),
}


@pytest.mark.parametrize("what", SERVICES_SPOILT)
def test_what_is_spoilt_in_the_services_is_named(what: str) -> None:
    """Their books are walked as well, on a whole machine."""
    spoil, said = SERVICES_SPOILT[what]
    computer = Computer()
    try:
        kernel = computer.machine.kernel
        process = computer.start(
            "syscall('vfs_open', '/tmp/f', 'w')\nsyscall('vfs_open', '/dev/null')\nsyscall('signal_pull')"
        )
        computer.machine.run_for(0.5)
        assert broken_promises(kernel) == []
        bodies = {e.header.body.category: e.header.body for e in process.handles.entries.values()}
        spoil(service(kernel, 2, "PipelineManager"), service(kernel, 3, "Dkms"), bodies)
        found = broken_promises(kernel)
        assert [line for line in found if said in line], found
    finally:
        computer.machine.power_off()
