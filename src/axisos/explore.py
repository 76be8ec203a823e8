"""Exploration: one program under many schedules, to find the ones under which it fails (manual, chapter 13.11).

A machine boots and runs the program up to the point where for the first time something is left to chance: two of its
threads are ready, or it draws a random number. There the process forks, once for each seed: the child's seed decides
from then on, and the child runs the program to its end and says how it ended. `axisos run --seed S` does the same from
the beginning, so it shows again what was found.

    server: boot, run ---> something to decide ---+--- fork, seed 0 ---> run ---> verdict ---+
                                                  +--- fork, seed 1 ---> run ---> verdict ---+--> report
                                                  +--- ...                                   |

A run fails by a deadlock, an uncaught error in any of its threads, an exit status, a limit or a violation; by a waiter
that the kernel has forgotten; by going on and on; or by taking the whole process with it.

Called by   the command line, in a process of its own.
Always so   who stops an exploration early gets what it has found. A process that uses PROCESSOR_S of the host's
            processor for one run is ended by the host; the children end with the server, however that ends (on Linux).
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
from functools import partial
from hashlib import sha256
from time import perf_counter

from axisos.host import STOPPED_EXIT, JobRunner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from axisos.machine.machine import Machine

SLEEP_LIMIT_S = 3600.0  # of machine time, after which a program that only sleeps is given up
WORK_S = 20.0  # the same for one that works: four million checkpoints
PROCESSOR_S = 30.0  # of the host, that one run may take
MAX_REPORT = 4000  # bytes that one write to a pipe takes whole
MAX_JOBS = 12  # children that fill a pipe with their reports at most
MAX_ERRORS = 8192  # bytes of the end of standard error that are kept
PR_SET_PDEATHSIG = 1  # of Linux
MAX_LINES = 40  # of a sample that is shown
PASSED = "ended with status 0"
TRACEBACK = "Traceback (most recent call last):"
INTERRUPTED_EXIT = 130  # as a shell says that SIGINT ended something


class Verdict:
    """How one run ended."""

    def __init__(self, seed: int, kind: str, lines: list[str], output: str = "") -> None:
        self.seed = seed
        self.kind = kind  # one line; runs of one kind are counted together
        self.lines = lines  # what there is to show of it
        self.output = output  # a digest of what it has written

    @property
    def failed(self) -> bool:
        return self.kind != PASSED


class Output:
    """What a run writes: digests of all of it, and the end of its standard error."""

    def __init__(self) -> None:
        self._digests = {1: sha256(), 2: sha256()}
        self._errors = b""

    def add(self, stream: int, data: bytes) -> None:
        """More of stream 1 or 2."""
        self._digests[stream].update(data)
        if stream == 2:
            self._errors = (self._errors + data)[-MAX_ERRORS:]

    def digest(self) -> str:
        """Equal for runs that wrote the same to both streams."""
        return "".join(digest.hexdigest()[:16] for digest in self._digests.values())

    def error_lines(self) -> list[str]:
        """The last lines of standard error."""
        return self._errors.decode("utf-8", "replace").splitlines()


class Explorer:
    """The server: forks a run for each seed and gathers the verdicts.

    Args:    machine: off, seeded with BOOT_SEED, with a schedule. job: what it runs. seeds: one run each. jobs: how
             many of them at the same time. control: a descriptor; whatever can be read there ends it early.
    """

    def __init__(self, machine: Machine, job: dict[str, Any], seeds: range, jobs: int, control: int) -> None:
        self._machine = machine
        self._control = control
        self.stopped = False  # told to end; the verdicts so far count
        self.seeds = seeds
        self._jobs = min(max(jobs, 1), MAX_JOBS)
        self._report_fd = -1  # of a child
        self._output = Output()
        self._seed = -1
        self._runner = JobRunner(machine, job)
        self._runner.port.feed_eof()
        assert machine.chance is not None, "only a seeded machine leaves something to chance"
        machine.chance.ask = self._fork_runs
        self.verdicts: list[Verdict] = []
        self.seconds = 0.0  # that the runs took

    def explore(self) -> None:
        """Boot, fork, gather. In a child this never returns. Raises: KeyboardInterrupt, before the first fork."""
        start = perf_counter()
        _limit_processor()
        try:
            verdict = self._run()
        except BaseException as error:
            if self._report_fd < 0:
                raise
            verdict = Verdict(self._seed, f"the machine failed: {type(error).__name__}: {error}", [])
        if self._report_fd >= 0:
            self._send(verdict)
        self._machine.power_off()
        if not self.verdicts and not self.stopped:
            verdict.seed = self.seeds.start
            self.verdicts.append(verdict)  # it has ended, and nothing was left to chance
            self.seconds = perf_counter() - start

    def _run(self) -> Verdict:
        """The machine's life from here on, and what it means. The server leaves it when all runs are done."""
        machine, runner, clock = self._machine, self._runner, self._machine.clock
        slept_ns, start_ns = 0, clock.lifetime_ns()
        while True:
            wait = runner.advance()
            if self._report_fd < 0 and not self.stopped and select.select([self._control], [], [], 0)[0]:
                raise KeyboardInterrupt
            taken = self._take_output()  # for which somebody may have waited
            outcome = runner.outcome()
            if outcome is not None:
                return _verdict(self._seed, outcome[0], outcome[1] or "", self._output)
            lost = machine.kernel.wait_graph.lost_wakeups() if runner.sleeps and machine.kernel else []
            if lost:
                return Verdict(self._seed, "lost wake-up: the kernel has forgotten a waiter", lost)
            now_ns = clock.now_ns()
            if not taken and wait.deadline_ns is not None and wait.deadline_ns > now_ns:
                slept_ns += wait.deadline_ns - now_ns
                clock.jump_to_ns(wait.deadline_ns)
            elif not taken and wait.deadline_ns is None and runner.sleeps:
                return Verdict(self._seed, "nothing happens any more", [])
            worked_s = (clock.lifetime_ns() - start_ns - slept_ns) / 1e9
            if worked_s > WORK_S or slept_ns / 1e9 > SLEEP_LIMIT_S:
                did = f"worked for {WORK_S:g}" if worked_s > WORK_S else f"slept for {SLEEP_LIMIT_S:g}"
                return Verdict(self._seed, f"did not end: it {did} s of machine time", [])

    def _program_ended(self, process: Any) -> None:
        """In a child: some process has ended. If it was the job's, all is known, and nothing else need happen."""
        if process.parent is not None and process.parent.is_init:
            self._take_output()
            self._send(_verdict(self._seed, process.exit_status, process.exit_reason, self._output))

    def _take_output(self) -> bool:
        """Take what has been written, which makes room for more. Returns whether there was something."""
        taken = False
        for stream in (1, 2):
            if self._runner.port.pending(stream):
                self._output.add(stream, self._runner.port.take(stream))
                taken = True
        return taken

    def _send(self, verdict: Verdict) -> None:
        """A child's last act: one whole message, however long the sample is."""
        lines = [line[:300] for line in verdict.lines[:MAX_LINES]]
        while True:
            said = json.dumps([verdict.seed, verdict.kind[:300], lines, verdict.output]).encode()
            if len(said) <= MAX_REPORT:
                break
            lines = lines[: len(lines) // 2]
        os.write(self._report_fd, len(said).to_bytes(2, "little") + said)
        os._exit(0)

    def _fork_runs(self) -> int:
        """Something is to be decided: the children go on from here, each with its seed; the server ends here."""
        gc.collect()
        gc.freeze()  # nobody looks at these objects again, so their pages stay shared
        signal.setitimer(signal.ITIMER_PROF, 0)
        start = perf_counter()
        reading, writing = os.pipe()
        ended, told = os.pipe()  # a byte whenever a child has ended
        os.set_blocking(told, False)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the supervisor says it, for the children too
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        die_with_parent = _parent_death_signal()
        running: dict[int, int] = {}  # process id -> seed
        for seed in self.seeds:
            while len(running) >= self._jobs and not self.stopped:
                self._gather(reading, ended, running)
            if self.stopped:
                break
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _limit_processor()
                die_with_parent()
                self._report_fd, self._seed = writing, seed
                self._machine.kernel.processes.on_end = self._program_ended
                return seed
            running[pid] = seed
        while running and not self.stopped:
            self._gather(reading, ended, running)
        for pid in running:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        signal.set_wakeup_fd(-1)
        self.seconds = perf_counter() - start
        self._machine.computer.shutdown()
        raise AssertionError("a machine that is shut down does not go on")

    def _gather(self, reading: int, ended: int, running: dict[int, int]) -> None:
        """Wait until something has happened; bury the children that have ended and take their verdicts."""
        ready = select.select([self._control, ended, reading], [], [])[0]
        if self._control in ready:
            self.stopped = True
        if ended in ready:
            os.read(ended, MAX_REPORT)
        while running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            self._bury(running.pop(pid), os.waitstatus_to_exitcode(status))
        while select.select([reading], [], [], 0)[0]:  # what the buried have said is there by now
            size = int.from_bytes(os.read(reading, 2), "little")
            said = json.loads(os.read(reading, size))
            self.verdicts.append(Verdict(*said))

    def _bury(self, seed: int, code: int) -> None:
        """A child has ended; what it could not say itself."""
        if code == -signal.SIGPROF:
            kind = f"did not end: it used {PROCESSOR_S:g} s of the host's processor"
            self.verdicts.append(Verdict(seed, kind, []))
        elif code != 0:
            how = f"signal {signal.Signals(-code).name}" if code < 0 else f"status {code}"
            self.verdicts.append(Verdict(seed, f"the machine's process ended with {how}", []))


def _limit_processor() -> None:
    """The host ends this process when it has used its share, whatever it does then."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, PROCESSOR_S)


def _parent_death_signal() -> Callable[[], object]:
    """What has the host kill the calling process when its parent ends, however that ends. Nothing but on Linux."""
    from ctypes import CDLL

    control = getattr(CDLL(None), "prctl", None)
    return partial(control, PR_SET_PDEATHSIG, signal.SIGKILL) if control is not None else lambda: None


def replay_command(options: Any) -> str:
    """The command that runs one of the seeds again, with `{seed}` in its place."""
    from shlex import quote

    words = ["axisos", "run", "--seed", "{seed}"]
    for option in ("pct", "ring", "memory"):
        value = getattr(options, option)
        if value is not None:
            words += [f"--{option}", f"{value}"]
    if options.user != "guest":
        words += ["--user", quote(options.user)]
    for host, guest in options.put:
        words += ["--put", quote(f"{host}:{guest}")]
    if options.fake_net is not None:
        words += ["--fake-net", quote(options.fake_net).replace("{", "{{").replace("}", "}}")]
    for driver in options.driver:
        words += ["--driver", quote(driver)]
    rest = [quote(word) for word in (options.program, *options.args)]
    return " ".join(words + [word.replace("{", "{{").replace("}", "}}") for word in rest])


def _verdict(seed: int, exit_status: int, reason: str, output: Output) -> Verdict:
    """What the end of the job's program, or of its machine, means."""
    digest, told = output.digest(), output.error_lines()
    first, *more = reason.splitlines() or [""]
    if first.startswith("deadlock: "):
        return Verdict(seed, "deadlock", [first, *more, *told], digest)
    if exit_status == 0:
        error = _first_error(told)
        if error is not None:  # a thread's, which ends that thread only, as in any Python
            return Verdict(seed, f"{error}, though it ended with status 0", told, digest)
        return Verdict(seed, PASSED, [], digest)
    if first.startswith("signal "):
        return Verdict(seed, f"ended by {first}", told, digest)
    if exit_status == STOPPED_EXIT:
        return Verdict(seed, f"stopped: {first}", [*more, *told], digest)
    last = told[-1].strip() if told else ""
    kind = last if exit_status == 1 and last else f"ended with status {exit_status}"
    return Verdict(seed, kind, told, digest)


def _first_error(told: list[str]) -> str | None:
    """The error that the first traceback among these lines is about."""
    lines = iter(told)
    if TRACEBACK not in lines:  # which reads on to just behind it
        return None
    return next((line for line in lines if not line.startswith(" ")), TRACEBACK)


def report(explorer: Explorer, schedule: str, command: str, as_json: bool) -> int:
    """Print what was found. *command*: replays a run, but for the seed. Returns the exit code: 1 if a run failed."""
    verdicts = sorted(explorer.verdicts, key=lambda verdict: verdict.seed)
    kinds: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        kinds.setdefault(verdict.kind, []).append(verdict)
    failing = next((verdict for verdict in verdicts if verdict.failed), None)
    replay = command.format(seed=failing.seed) if failing is not None else None
    rate = len(verdicts) / explorer.seconds if explorer.seconds else 0.0
    if as_json:
        found = [
            {"kind": kind, "runs": len(runs), "smallest_seed": runs[0].seed, "failed": runs[0].failed,
             "lines": runs[0].lines}
            for kind, runs in kinds.items()
        ]  # fmt: skip
        print(json.dumps({
            "runs": len(verdicts), "stopped": explorer.stopped, "schedule": schedule,
            "seconds": round(explorer.seconds, 3), "runs_per_second": round(rate, 1),
            "outputs": len({verdict.output for verdict in verdicts}),
            "smallest_failing_seed": None if failing is None else failing.seed, "replay": replay, "kinds": found,
        }, indent=1))  # fmt: skip
        return int(failing is not None)
    if explorer.stopped:
        print(f"stopped before the end: {len(verdicts)} of {len(explorer.seeds)} runs were done")
    elif len(verdicts) == 1 and len(explorer.seeds) > 1:
        print("the program leaves nothing to chance: all runs are the same")
    count = "1 run" if len(verdicts) == 1 else f"{len(verdicts)} runs"
    print(f"{count} under {schedule} schedules in {explorer.seconds:.1f} s ({rate:.0f} a second)")
    for kind, runs in sorted(kinds.items(), key=lambda item: (item[1][0].failed, -len(item[1]))):
        smallest = f", smallest seed {runs[0].seed}" if runs[0].failed else ""
        print(f"  {len(runs):>6}  {kind}{smallest}")
    outputs = {verdict.output: verdict.seed for verdict in reversed(verdicts) if not verdict.failed}
    if len(outputs) > 1:
        first, second, *_ = sorted(outputs.values())
        print(f"those that passed wrote {len(outputs)} different outputs, for example under seeds {first} and {second}")
    if failing is not None:
        print(f"\nseed {failing.seed}: {failing.kind}")
        for line in failing.lines:
            print(f"  {line}")
        print(f"\nreplay: {replay}")
    return int(failing is not None)
