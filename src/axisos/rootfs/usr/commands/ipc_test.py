"""ipc_test: whether events, mutexes, pipes, queues, sections, waits and signals do what they promise.

Each check runs in a thread of its own with a time limit: one that hangs fails, and the others go on.
"""

from __future__ import annotations

import time

from abi.status import StatusError
from axis import cli, ipc, pipe, signals, sync, thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from axis.guest import env, syscall

HELP = """\
Usage: ipc_test [-v]

Check the IPC subsystem as any program meets it: one line a check, `ok` or `FAIL` with what was expected, and in the end
how many there were. The exit status is 1 if one has failed. Nothing is left behind; that is the last check.

  -v  also everything that is looked at in each check
"""

MOST_MS = 10_000  # machine time that a check may take
SOON_MS = 20
NEVER_MS = 2_000  # of waits that end at once where all is well


class Wrong(Exception):
    """Something is not as it should be."""


class Check:
    """What a check calls to compare, and to have its handles closed."""

    def __init__(self, name: str, body: Callable[[Check], None]) -> None:
        self.name = name
        self._body = body
        self._open: list[str] = []
        self.seen: list[str] = []  # what was as expected
        self.wrong = ""

    def expect(self, what: str, got: object, expected: object) -> None:
        """Raises Wrong unless *got* is *expected*."""
        if got != expected:
            raise Wrong(f"{what}: expected {expected!r}, got {got!r}")
        self.seen.append(f"{what}: {got!r}")

    def expect_error(self, what: str, status: int, call: Callable[[], object]) -> None:
        """Raises Wrong unless *call* fails with that status."""
        try:
            got = call()
        except StatusError as error:
            self.expect(what, int(error.status), status)
        else:
            raise Wrong(f"{what}: expected an error {status}, got {got!r}")

    def opened(self, handle: str) -> str:
        """*handle*, which is closed when the check is over."""
        self._open.append(handle)
        return handle

    def piped(self, size: int) -> pipe.PipePair:
        """A new pipe, whose ends are closed when the check is over."""
        pair = pipe.create(size)
        for end in pair:
            self.opened(end)
        return pair

    def start(self, body: Callable[[], object]) -> thread.Thread:
        """A thread that helps; that a call of its is refused shows in what it leaves undone."""

        def guarded() -> None:
            try:
                body()
            except StatusError:
                pass

        return thread.create(guarded)

    def together(self, *bodies: Callable[[], object]) -> None:
        """Run all of them at the same time, to their ends."""
        for each in [self.start(body) for body in bodies]:
            each.join(NEVER_MS)

    def close(self, handle: str) -> None:
        """Close it now."""
        self._open.remove(handle)
        sync.close(handle)

    def run(self) -> None:
        """Do it. The threads of one that hangs end when their handles are closed, or else with this process."""
        outcome: list[str] = []
        in_time = thread.create(lambda: outcome.append(self._outcome())).join(MOST_MS)
        self.wrong = outcome[0] if in_time and outcome else f"it did not end within {MOST_MS} ms"
        for handle in self._open:
            sync.close(handle)

    def _outcome(self) -> str:
        """What is wrong; "" if nothing is."""
        try:
            self._body(self)
        except Wrong as error:
            return str(error)
        except (OSError, StatusError) as error:
            return f"it was refused: {error}"
        return ""


def until(condition: Callable[[], object], limit_ms: int = NEVER_MS) -> bool:
    """Look every millisecond; whether it came true within the time limit."""
    for _ in range(limit_ms):
        if condition():
            return True
        thread.sleep(0.001)
    return bool(condition())


def program(name: str) -> str:
    """The path of a command. Raises Wrong if there is none."""
    path = cli.find_program(name, str(env.get("PATH") or "/usr/commands"))
    if path is None:
        raise Wrong(f"the command {name} is needed, and there is none")
    return path


def spawned(name: str, *arguments: str) -> int:
    """A child that runs a command."""
    return syscall("process_spawn", program(name), None, {"ARGS": list(arguments)})  # type: ignore[no-any-return]


class Handling:
    """`with Handling(signal) as arrived:` - for the block, a list of the arrivals of a signal."""

    def __init__(self, signal: int) -> None:
        self._signal = signal
        self._before: object = None

    def __enter__(self) -> list[int]:
        arrived: list[int] = []
        self._before = signals.handle(self._signal, arrived.append)
        return arrived

    def __exit__(self, kind: object, value: object, trace: object) -> None:
        signals.handle(self._signal, self._before)


# -- the checks


def auto_reset_event(check: Check) -> None:
    event = check.opened(sync.create_event())
    check.expect("not signaled at first", sync.wait(event, 0), sync.WAIT_TIMEOUT)
    sync.set_event(event)
    check.expect("set lets one in", sync.wait(event, 0), sync.WAIT_0)
    check.expect("and no second one", sync.wait(event, 0), sync.WAIT_TIMEOUT)
    woken: list[int] = []
    waiters = [check.start(lambda: woken.append(sync.wait(event, NEVER_MS))) for _ in range(2)]
    check.expect("two wait", until(lambda: all(each.status() == thread.SLEEPING for each in waiters)), True)
    check.expect("set wakes one of them", sync.set_event(event), 1)
    check.expect("the other one still waits", (until(lambda: woken), len(woken)), (True, 1))
    sync.set_event(event)
    check.expect("both have come through", ([each.join(NEVER_MS) for each in waiters], woken), ([True, True], [0, 0]))


def manual_reset_event(check: Check) -> None:
    event = check.opened(sync.create_event(manual_reset=True))
    woken: list[int] = []
    waiters = [check.start(lambda: woken.append(sync.wait(event, NEVER_MS))) for _ in range(3)]
    check.expect("three wait", until(lambda: all(each.status() == thread.SLEEPING for each in waiters)), True)
    check.expect("set wakes all of them", sync.set_event(event), 3)
    check.expect("they have come through", ([each.join(NEVER_MS) for each in waiters], woken), ([True] * 3, [0] * 3))
    check.expect("it stays open", [sync.wait(event, 0) for _ in range(2)], [sync.WAIT_0, sync.WAIT_0])


def reset_event(check: Check) -> None:
    event = check.opened(sync.create_event(manual_reset=True, initial=True))
    check.expect("signaled from the start", sync.wait(event, 0), sync.WAIT_0)
    sync.reset_event(event)
    check.expect(f"after reset a wait of {SOON_MS} ms times out", sync.wait(event, SOON_MS), sync.WAIT_TIMEOUT)


def mutex(check: Check) -> None:
    lock = check.opened(sync.create_mutex())
    counter = [0]

    def count() -> None:
        for _ in range(500):
            with sync.locked(lock, NEVER_MS):
                seen = counter[0]
                thread.yield_()  # where an update would be lost if the other one were let in
                counter[0] = seen + 1

    check.together(count, count)
    check.expect("2 threads x 500 increments", counter[0], 1000)
    check.expect("taken twice by its owner", [sync.wait(lock, 0) for _ in range(2)], [sync.WAIT_0, sync.WAIT_0])
    sync.release_mutex(lock)
    others: list[int] = []
    check.together(lambda: others.append(sync.wait(lock, SOON_MS)))
    check.expect("and kept from others until it is released twice", others, [sync.WAIT_TIMEOUT])
    sync.release_mutex(lock)
    check.expect_error("whoever does not own it cannot release it", 822, lambda: sync.release_mutex(lock))


def semaphore(check: Check) -> None:
    permits = check.opened(sync.create_semaphore(2, 5))
    check.expect("2 permits", [sync.wait(permits, 0) for _ in range(2)], [sync.WAIT_0, sync.WAIT_0])
    check.expect(f"a third is not had within {SOON_MS} ms", sync.wait(permits, SOON_MS), sync.WAIT_TIMEOUT)
    check.expect("release of 5 says how many there were", sync.release_semaphore(permits, 5), 0)
    check.expect_error("a sixth is refused", 823, lambda: sync.release_semaphore(permits))


def pipe_transfer(check: Check) -> None:
    pair = check.piped(4096)
    sent = bytes(range(256)) * 8
    check.expect("bytes written", pipe.write(pair.write, sent), len(sent))
    check.close(pair.write)
    got = b""
    while data := pipe.read(pair.read, 100):
        got += data
    check.expect("the same bytes come out, then the end", got == sent, True)


def blocked_writer(check: Check) -> None:
    pair = check.piped(32)
    written: list[int] = []
    writer = check.start(lambda: written.append(pipe.write(pair.write, b"x" * 100)))
    check.expect("who writes 100 bytes to a pipe of 32 waits", until(lambda: writer.status() == thread.SLEEPING), True)
    got = 0
    while got < 100:
        got += len(pipe.read(pair.read, 10))
    check.expect("until all was read", (writer.join(NEVER_MS), written, got), (True, [100], 100))
    check.close(pair.read)
    check.expect_error("without a reader a write is refused", 820, lambda: pipe.write(pair.write, b"x"))


def section(check: Check) -> None:
    shared, lock = check.opened(ipc.create_section()), check.opened(sync.create_mutex())
    ipc.map_section(shared)["n"] = 0

    def count() -> None:
        view = ipc.map_section(shared)
        for _ in range(100):
            with sync.locked(lock, NEVER_MS):
                seen = view["n"]
                thread.yield_()
                view["n"] = seen + 1

    check.together(count, count)
    check.expect("2 threads x 100 increments, each in its own view", ipc.map_section(shared)["n"], 200)


def queue_order(check: Check) -> None:
    queue = check.opened(ipc.create_mqueue())
    for priority in (1, 10, 5):
        ipc.mq_send(queue, f"p{priority}".encode(), priority, 0)
    got = [tuple(ipc.mq_receive(queue, 0)) for _ in range(3)]
    check.expect("highest priority first", got, [(b"p10", 10), (b"p5", 5), (b"p1", 1)])
    check.expect_error(f"an empty queue times out after {SOON_MS} ms", 258, lambda: ipc.mq_receive(queue, SOON_MS))


def blocked_receiver(check: Check) -> None:
    queue = check.opened(ipc.create_mqueue())
    got: list[Any] = []
    receiver = check.start(lambda: got.append(ipc.mq_receive(queue, NEVER_MS).data))
    check.expect("who receives from an empty queue waits", until(lambda: receiver.status() == thread.SLEEPING), True)
    ipc.mq_send(queue, b"at last", 0, 0)
    check.expect("until a message comes", (receiver.join(NEVER_MS), got), (True, [b"at last"]))


def signal_handler(check: Check) -> None:
    own = syscall("process_info")["tgid"]
    with Handling(signals.SIGUSR1) as arrived:
        signals.send(own, signals.SIGUSR1)
        check.expect("SIGUSR1 calls its handler", (until(lambda: arrived), arrived), (True, [signals.SIGUSR1]))
        before = signals.mask([signals.SIGUSR1])
        try:
            signals.send(own, signals.SIGUSR1)
            check.expect("not while it is masked", (until(lambda: len(arrived) > 1, SOON_MS), len(arrived)), (False, 1))
        finally:
            signals.mask(before)
        check.expect("but afterwards", (until(lambda: len(arrived) > 1), len(arrived)), (True, 2))


def child_signal(check: Check) -> None:
    with Handling(signals.SIGCHLD) as arrived:
        pid = spawned("true")
        check.expect("the child's exit code", syscall("process_wait_status", pid, NEVER_MS), 0)
        check.expect("its end brings SIGCHLD", (until(lambda: arrived), arrived), (True, [signals.SIGCHLD]))


def wait_any(check: Check) -> None:
    events = [check.opened(sync.create_event()) for _ in range(3)]
    sync.set_event(events[1])
    check.expect("the second of three is set: index", sync.wait_multiple(events, False, NEVER_MS), 1)
    check.expect("and that was taken", sync.wait_multiple(events, False, 0), sync.WAIT_TIMEOUT)


def wait_all(check: Check) -> None:
    events = [check.opened(sync.create_event()) for _ in range(2)]
    sync.set_event(events[0])
    check.expect(f"one of two is not enough for {SOON_MS} ms", sync.wait_multiple(events, True, SOON_MS), 258)
    check.expect("and was not taken", sync.wait(events[0], 0), sync.WAIT_0)
    results: list[int] = []
    waiter = check.start(lambda: results.append(sync.wait_multiple(events, True, NEVER_MS)))
    for event in events:
        check.expect("it waits", until(lambda: waiter.status() == thread.SLEEPING), True)
        sync.set_event(event)
    check.expect("both are", (waiter.join(NEVER_MS), results), (True, [sync.WAIT_0]))


def wait_timeout(check: Check) -> None:
    event = check.opened(sync.create_event())
    start = time.monotonic()
    check.expect("a wait of 100 ms", sync.wait(event, 100), sync.WAIT_TIMEOUT)
    check.expect("takes 100 ms, and not much more", 0.1 <= time.monotonic() - start < NEVER_MS / 1000, True)


def group_signal(check: Check) -> None:
    pids = [spawned("sleep", "100") for _ in range(2)]
    try:
        for pid in pids:
            signals.setpgid(pid, pids[0])
        check.expect("SIGTERM to a group of two", signals.send_group(pids[0], signals.SIGTERM), True)
        codes = [syscall("process_wait_status", pid, NEVER_MS) for pid in pids]
        check.expect("ends both", codes, [128 + signals.SIGTERM] * 2)
    finally:
        for pid in pids:
            end(pid)


def end(pid: int) -> None:
    """See to it that a child is gone."""
    try:
        syscall("process_kill", pid, signals.SIGKILL)
        syscall("process_wait_status", pid)
    except StatusError:
        pass  # it was gone already


def statistics(check: Check) -> None:
    before = ipc.ipc_stats()
    for handle in (sync.create_event(), sync.create_mutex(), sync.create_semaphore(), *pipe.create()):
        check.opened(handle)
    now = ipc.ipc_stats()
    for key in ("event_created", "mutex_created", "sem_created", "pipe_created"):
        check.expect(f"{key} counts on", now[key] > before[key], True)


CHECKS = (
    ("event, auto reset", auto_reset_event),
    ("event, manual reset", manual_reset_event),
    ("event, reset and time limit", reset_event),
    ("mutex", mutex),
    ("semaphore", semaphore),
    ("pipe, transfer", pipe_transfer),
    ("pipe, blocked writer", blocked_writer),
    ("section", section),
    ("queue, order", queue_order),
    ("queue, blocked receiver", blocked_receiver),
    ("signal, handler and mask", signal_handler),
    ("signal, SIGCHLD", child_signal),
    ("wait for any", wait_any),
    ("wait for all", wait_all),
    ("wait with a time limit", wait_timeout),
    ("signal to a group", group_signal),
    ("statistics", statistics),
)


def possessions() -> tuple[int, int, int]:
    """How many handles, children and threads this process has."""
    own = syscall("process_info")["tgid"]
    children = [process for process in syscall("process_list") if process["parent"] == own]
    return len(syscall("ob_list_handles")), len(children), len(thread.list())


def report(check: Check, details: bool) -> None:
    cli.write(f"FAIL  {check.name}: {check.wrong}\n" if check.wrong else f"ok    {check.name}\n")
    if details:
        for line in check.seen:
            cli.write(f"      {line}\n")
    cli.flush()


def main(options: cli.Options, operands: list[str]) -> int:
    cli.need_operands(operands, 0, 0, "")
    signals.handle(signals.SIGPIPE, signals.SIG_IGN)  # who writes to a pipe without a reader is to hear of it instead
    before = possessions()
    checks = [Check(name, body) for name, body in CHECKS]
    checks.append(Check("nothing left behind", lambda check: check.expect(
        "handles, children, threads (one more: this check's)", possessions(), (*before[:2], before[2] + 1)
    )))
    for check in checks:
        check.run()
        report(check, "v" in options)
    failed = sum(1 for check in checks if check.wrong)
    cli.write(f"{len(checks) - failed} of {len(checks)} checks passed\n")
    return cli.FAILED if failed else cli.OK


cli.run(main, HELP, flags="v", long={"verbose": "v"})
