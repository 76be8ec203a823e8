"""What stands in the file of a trace: every scene is recorded from a whole machine and read back as a viewer would."""

from __future__ import annotations

import io
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from axisos import Machine, host
from axisos.tracing import viewer_file
from axisos.tracing.spool import Spool, spool_file
from axisos.tracing.timeline import FROM_BOOT, FROM_PROGRAM, write_file
from trace_view import View, faults

QUICK = {"quick": "Enabled", "timeout": 0}
SLOW_DRIVER = '''
from axis import dk

DRIVER_INFO = {"driver_name": "Slow", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "1.0"}
due = {}

def on_read(device, irp):
    irp.deadline = None
    due[irp.irp_id] = syscall("time_get")[0] + 0.25, irp
    return dk.PENDING

def on_cancel(irp):
    due.pop(irp.irp_id, None)

def on_idle():
    now = syscall("time_get")[0]
    for number, (when, irp) in list(due.items()):
        if now >= when:
            del due[number]
            dk.complete_request(irp, dk.STATUS_SUCCESS, b"at last")
    return min(when for when, _ in due.values()) - now if due else None

def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    dk.create_device(driver, "\\\\Device\\\\Slow")
    dk.create_symbolic_link("/dev/slow", "\\\\Device\\\\Slow")

dk.run(driver_entry, on_idle=on_idle, on_cancel=on_cancel)
'''
READS_IT = 'handle = syscall("vfs_open", "/dev/slow", "r")\nprint(syscall("vfs_read", handle, 100))\n'
BUSY = '''
import os, signal, threading, time
lock, done = threading.Lock(), []
def work(n):
    for _ in range(3):
        with lock:
            time.sleep(0.001)
            done.append(n)
threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
for each in threads: each.start()
for each in threads: each.join()
signal.signal(signal.SIGUSR1, lambda *_: open("/tmp/handled", "w").write(str(syscall("process_get_pid"))))
os.kill(os.getpid(), signal.SIGUSR1)
try:
    open("/nowhere")
except FileNotFoundError:
    print(len(done), open("/dev/ringlog").read(5))
syscall("signal_send", syscall("process_get_pid"), "hello", 1)
print(syscall("signal_pull", 5)[1], syscall("signal_pull", 5))
'''


def record(tmp_path: Path, program: str | None, start: str = FROM_PROGRAM, limit: int = 10**6, **job: Any) -> View:
    """Run a program (or a shell line: `line`) in a traced machine. Further arguments are those of `host.run`."""
    path = None
    if program is not None:
        path = str(tmp_path / "program.py")
        Path(path).write_text(program)
    drivers = []
    for name, source in job.pop("drivers", {}).items():
        (tmp_path / name).write_text(source)
        drivers.append(str(tmp_path / name))
    with spool_file() as file:
        spool = Spool(file, limit)
        with Machine(seed=7, trace=spool) as machine:
            result = host.run(machine, path, drivers=drivers, **job)
        spool.close()
        text = io.StringIO()
        write_file(file, text, start, {}, lambda: False)
    return View(text.getvalue(), result)


@pytest.mark.parametrize("start", [FROM_BOOT, FROM_PROGRAM])
@pytest.mark.parametrize(
    "scene",
    [
        {"program": "print('hello')"},
        {"program": BUSY},
        {"program": "while True: pass", "cpu_limit": 0.2},
        {"program": "syscall('kernel_set_log_mode', True)"},
        {"program": None, "line": "for i in 1 2 3; do echo $i | cat | wc; done; sleep 0.01 & wait; kill -9 $$"},
        {"program": READS_IT, "drivers": {"slow.sys.py": SLOW_DRIVER}, "user": "root"},
    ],
    ids=["hello", "busy", "stopped", "violation", "shell", "device"],
)
def test_whatever_happens_the_file_can_be_drawn(tmp_path: Path, scene: dict[str, Any], start: str) -> None:
    """Time goes forward, slices nest, every arrow ends somewhere, and everything that has begun ends once."""
    view = record(tmp_path, start=start, **scene)

    assert faults(view) == []
    assert view.facts["complete"] and not view.facts["lost"] and view.program
    assert view.of("X", "processor") and view.of("X", "call") and view.of("s", "flow")


def test_a_request_is_followed_from_the_call_to_the_device_and_back(tmp_path: Path) -> None:
    """Who reads a slow device sees why: arrows lead over PM to the driver, and a quarter of a second later back."""
    view = record(tmp_path, READS_IT, drivers={"slow.sys.py": SLOW_DRIVER}, user="root")
    assert view.result.stdout == b"b'at last'\n"

    call = next(e for e in view.of("X", "call", "vfs_read") if e["pid"] == view.program)
    assert call["dur"] > 250_000
    (arrows,) = view.flows_from(call)
    driver = next(e["pid"] for e in view.of("b", "driver", "driver slow.sys.py"))
    assert [arrows[0]["pid"], arrows[-1]["pid"]] == [view.program, view.program]
    assert [arrows[1]["pid"], arrows[-2]["pid"]] == [2, 2] and driver in [e["pid"] for e in arrows]

    (span,) = view.of("b", "irp", "READ \\Device\\Slow")
    assert span["args"] == {"irp": span["args"]["irp"], "requester": view.program}
    steps = [e for e in view.events if e["ph"] in "ben" and e["cat"] == "irp" and e["id"] == span["id"]]
    assert [e["ph"] for e in steps[:1] + steps[-1:]] == ["b", "e"]
    assert any(f"-> {driver}" in e["args"]["step"] for e in steps[1:-1])
    assert call["ts"] <= span["ts"] and steps[-1]["ts"] <= call["ts"] + call["dur"]
    assert steps[-1]["ts"] - span["ts"] == pytest.approx(250_000, abs=2_000)

    (wait,) = [e for e in view.of("X", "wait", "wait: answer of pipeline_manager.py") if e["dur"] > 250_000]
    assert wait["tid"] == view.program and call["ts"] <= wait["ts"]
    (work,) = [e for e in view.of("X", "work", "irp_dispatch READ \\Device\\Slow") if e["pid"] == driver]
    assert work["ts"] >= span["ts"]


def test_a_killed_caller_leaves_a_cancelled_arrow(tmp_path: Path) -> None:
    """The program dies while it waits for the device: its call ends there, and the request ends with CANCELLED."""
    program = (
        "import subprocess, sys, time\n"
        "if sys.argv[1:]:\n    syscall('vfs_read', syscall('vfs_open', '/dev/slow', 'r'), 100)\n"
        "child = subprocess.Popen([sys.argv[0], 'child'])\ntime.sleep(0.1)\nchild.kill()\nprint(child.wait())\n"
    )
    view = record(tmp_path, program, drivers={"slow.sys.py": SLOW_DRIVER}, user="root")
    assert view.result.stdout == b"-9\n", view.result

    assert faults(view) == []
    (call,) = [e for e in view.of("X", "call", "vfs_read") if e["pid"] not in (view.program, 20)]
    assert call["args"] == {"status": "KILLED"}
    (arrows,) = view.flows_from(call)
    assert arrows[-1]["args"] == {"cancelled": True}
    (span,) = view.of("b", "irp", "READ \\Device\\Slow")
    assert span["args"]["status"] == "CANCELLED"
    (signal,) = view.of("i", "signal", "SIGKILL")
    assert signal["pid"] == call["pid"] and signal["args"] == {"from": view.program}
    (end,) = [e for e in view.of("i", "life") if e["pid"] == call["pid"]]
    assert (end["name"], end["args"]) == ("exit 137", {"reason": "signal SIGKILL"})


def test_a_request_that_nobody_answers_is_cut_off_with_the_trace(tmp_path: Path) -> None:
    """The machine is switched off while a read is pending: call, arrow and request end there and say so."""
    view = record(tmp_path, READS_IT, drivers={"slow.sys.py": SLOW_DRIVER}, user="root", timeout=0.1)
    assert view.result.exit_code == 137

    assert faults(view) == []
    (call,) = [e for e in view.of("X", "call", "vfs_read") if e["pid"] == view.program]
    assert call["args"] == {"status": "KILLED"}
    (span,) = [e for e in view.of("b", "irp", "READ ") if e["args"]["requester"] == view.program]
    assert span["args"]["cut_off"] is True
    (arrows,) = view.flows_from(call)
    assert arrows[-1]["args"] == {"cut_off": True}


def test_the_processor_is_where_somebody_runs(tmp_path: Path) -> None:
    """Turns on the processor do not overlap; of a program that computes they sum up to what it is said to have used."""
    program = "for i in range(20_000): pass\nprint(syscall('process_info', syscall('process_get_pid'))['cpu_time'])\n"
    view = record(tmp_path, program)

    turns = view.of("X", "processor")
    for before, after in pairwise(turns):
        assert before["ts"] + before["dur"] <= after["ts"] + 1e-6
    own = sum(e["dur"] for e in turns if e["args"]["pid"] == view.program)
    assert own / 1e6 == pytest.approx(float(view.result.stdout), abs=0.001) and own > 100_000
    assert {e["args"]["then"] for e in turns if e["args"]["pid"] == view.program} >= {"ready", "syscall"}


def test_nobody_runs_while_all_sleep(tmp_path: Path) -> None:
    """A thread ends and nobody is ready: its turn ends with it, not when the next one begins."""
    program = "syscall('process_thread', lambda: None)\nsyscall('process_sleep', 200)\n"
    view = record(tmp_path, program)

    assert sum(e["dur"] for e in view.of("X", "processor")) < 100_000
    assert [e["args"]["then"] for e in view.of("X", "processor") if e["args"]["tid"] == view.program + 1] == ["dead"]


def test_a_message_that_comes_too_late_is_taken_by_the_next_who_asks(tmp_path: Path) -> None:
    """A pull's time is over, then a message comes before its thread runs: it gets nothing, and the arrow goes on."""
    program = (
        "me, due = syscall('process_get_pid'), syscall('time_get')[0] + 0.01\n"
        "def send():\n"
        "    syscall('process_sleep', (due - syscall('time_get')[0]) * 1000)\n"
        "    syscall('signal_send', me, 'late')\n"
        "syscall('process_thread', send)\n"
        "print(syscall('signal_pull', (due - syscall('time_get')[0]) * 1000 + 0.005), len(syscall('signal_pull')))\n"
    )
    view = record(tmp_path, program)
    assert view.result.stdout == b"None 2\n", "the scene is another one: the message was not late"

    first, second = [e for e in view.of("X", "call", "signal_pull") if e["tid"] == view.program]
    (arrow,) = [view.flow(e) for e in view.of("s", "message") if e["tid"] == view.program + 1]
    assert first["ts"] + first["dur"] <= second["ts"] < second["ts"] + second["dur"]
    assert arrow[-1]["tid"] == view.program
    assert arrow[-1]["ts"] == pytest.approx(second["ts"] + second["dur"], abs=0.01)


def test_drivers_live_from_their_loading_to_their_end(tmp_path: Path) -> None:
    """Loaded by the job, online, unloaded by a command: each is a step of the driver's life, which then ends."""
    unload = "print(syscall('driver_unload', 'Slow'))\n"
    view = record(tmp_path, unload, FROM_BOOT, drivers={"slow.sys.py": SLOW_DRIVER}, user="root")
    assert view.result.exit_code == 0, view.result

    (life,) = view.of("b", "driver", "driver slow.sys.py")
    steps = [e["args"]["step"] for e in view.of("n", "driver") if e["id"] == life["id"]]
    assert steps == ["load", "online", "unload", "unloaded"]
    (end,) = [e for e in view.of("e", "driver") if e["id"] == life["id"]]
    assert end["ts"] < view.events[-1]["ts"]
    tty = next(e for e in view.of("b", "driver", "driver tty.sys.py"))
    assert [e["args"]["step"] for e in view.of("n", "driver") if e["id"] == tty["id"]] == ["load", "online"]


def test_the_log_the_counters_and_messages_are_there(tmp_path: Path) -> None:
    """A line of the log stands at the thread that wrote it; a message is an arrow from who sends to who takes it."""
    view = record(
        tmp_path,
        "syscall('kernel_log', 'I was here', 'info')\nme = syscall('process_get_pid')\n"
        "syscall('signal_send', me, 'hello')\nsyscall('signal_pull')\nfor i in range(10000): pass\n",
    )

    (line,) = view.of("i", "log", "I was here")
    assert line["pid"] == view.program and line["args"] == {"level": "info"}
    assert {e["name"] for e in view.of("C", "count")} == {"threads", "requests"}
    own = [e for e in view.of("s", "message") if e["pid"] == view.program]
    assert [view.flow(e)[-1]["tid"] for e in own if len(view.flow(e)) == 2].count(view.program) == 1


def test_the_boot_can_be_left_away_or_looked_at(tmp_path: Path) -> None:
    """By default the file begins when the program runs; what had begun before is drawn from there on."""
    short, whole = (record(tmp_path, "print('hello')\n", start) for start in (FROM_PROGRAM, FROM_BOOT))

    began = min(e["ts"] for e in short.events if e["ph"] != "M")
    assert began == min(e["ts"] for e in short.of("X", "processor") if e["args"]["pid"] == short.program)
    assert not short.of("i", "log", "mounted") and whole.of("i", "log", "mounted")
    assert len(whole.events) > 2 * len(short.events)
    assert min(e["ts"] for e in short.of("b", "driver")) == began > min(e["ts"] for e in whole.of("b", "driver"))


def test_what_is_over_the_limit_is_counted(tmp_path: Path) -> None:
    """The file has the beginning, ends validly, and says how many records are missing."""
    program = "for i in range(500): syscall('time_get')\n"
    whole = record(tmp_path, program, FROM_BOOT)
    part = record(tmp_path, program, FROM_BOOT, limit=500)

    assert faults(part) == []
    assert 0 < part.facts["records"] < whole.facts["records"]
    assert part.facts["lost"] + part.facts["records"] == whole.facts["records"]


def test_two_lives_in_one_trace(tmp_path: Path) -> None:
    """After a reboot everything begins anew, numbers too; in the file the second life comes after the first."""
    with spool_file() as file:
        spool = Spool(file, 10**6)
        with Machine(seed=7, boot_args=QUICK, trace=spool) as machine:
            machine.power_on()
            machine.run_until("login:")
            machine.type("root\nroot\nreboot\n")
            machine.run_for(1.0)
            machine.run_until("login:")
        spool.close()
        text = io.StringIO()
        write_file(file, text, FROM_BOOT, {}, lambda: False)
    view = View(text.getvalue())

    assert faults(view) == []
    boots = view.of("i", "log", "AxisOS Xen XKA")
    lives = view.of("b", "driver", "driver tty.sys.py")
    assert len(boots) == len(lives) == 2 and len({e["id"] for e in lives}) == 2
    assert lives[0]["ts"] < boots[1]["ts"] < lives[1]["ts"]


def layout() -> dict[str, Any]:
    """What a kernel says when it begins to write."""
    said: list[dict[str, Any]] = []

    class Ask(Spool):
        def begin(self, layout: dict[str, Any], as_lines: Any) -> None:
            said.append(layout)
            super().begin(layout, as_lines)

    with spool_file() as file, Machine(seed=7, profile="bare", boot_args=QUICK, trace=Ask(file, 1000)) as machine:
        machine.power_on()
        machine.run_until_idle()
    return said[0]


LAYOUT = layout()
few = st.integers(0, 4)
words = st.sampled_from(
    ["signal_pull", "vfs_read", "irp_dispatch", "irp_complete", "dkms_complete_irp", "driver_init", ""]
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "name": words, "image": words, "reason": words, "text": st.text(max_size=5), "device": words, "level": words,
    "left_as": st.sampled_from(["ready", "dead", "signal", "syscall", "sleep", ""]),
    "status": st.sampled_from([0, 0, 611, -1]),
    "ring": st.sampled_from([0, 1, 2, 2.5, 3]), "no_reply": st.sampled_from([0, 16]), "memory": st.none() | few,
    "irp": st.integers(-3, 4), "number": st.none() | st.integers(-3, 4), "request": st.integers(1, 4),
}  # fmt: skip


@st.composite
def nonsense(draw: st.DrawFn) -> list[Any]:
    """Records that are well-formed, in the order of time, and otherwise as if a mad kernel had written them."""
    records: list[Any] = []
    now = 0
    for _ in range(draw(st.integers(0, 60))):
        kind = draw(st.integers(0, len(LAYOUT["kinds"]) - 1))
        records.append(kind)
        for field in LAYOUT["kinds"][kind][1]:
            if field in ("at", "start", "end"):
                now += draw(few) * 500
                records.append(now)
            else:
                records.append(draw(FIELDS.get(field, few)))
    return records


@settings(max_examples=150, deadline=None, derandomize=True)
@given(nonsense(), st.sampled_from([FROM_BOOT, FROM_PROGRAM]), st.integers(1, 40))
def test_whatever_a_kernel_writes_the_file_is_valid(records: list[Any], start: str, limit: int) -> None:
    """No record and no lack of one breaks the file: it is JSON, ordered by time, and all that begins in it ends."""
    with spool_file() as file:
        spool = Spool(file, limit)
        spool.begin(LAYOUT, lambda _records: [])
        spool.records += records
        spool.close()
        text = io.StringIO()
        facts = write_file(file, text, start, {}, lambda: False)
    view = View(text.getvalue())

    assert not [fault for fault in faults(view) if not fault.startswith(("crosses", "an arrow", "a track"))]
    counted, at = 0, 0
    while at < len(records):
        at += 1 + len(LAYOUT["kinds"][records[at]][1])
        counted += 1
    assert facts["records"] + facts["lost"] == counted


def test_events_beyond_one_run_are_merged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """However little is sorted in memory at a time, the file is the same."""
    whole = record(tmp_path, BUSY, FROM_BOOT)
    monkeypatch.setattr(viewer_file, "RUN_EVENTS", 700)
    monkeypatch.setattr(viewer_file, "BLOCK_EVENTS", 10)

    assert record(tmp_path, BUSY, FROM_BOOT).text == whole.text


def test_who_stops_the_writing_gets_a_valid_file(tmp_path: Path) -> None:
    """The beginning is there, the end says that the rest is missing."""
    calls = iter([False] * 3)
    with spool_file() as file:
        spool = Spool(file, 10**6)
        (tmp_path / "program.py").write_text(BUSY)
        with Machine(seed=7, trace=spool) as machine:
            host.run(machine, str(tmp_path / "program.py"))
        spool.close()
        text = io.StringIO()
        facts = write_file(file, text, FROM_BOOT, {}, lambda: next(calls, True))
    document = json.loads(text.getvalue())

    assert facts["stopped"] and document["otherData"]["stopped"]
    assert 0 < len(document["traceEvents"]) < facts["events"]


class FullDisk(io.BytesIO):
    """A file that takes some bytes, and then no more until something is taken away."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > 4096:
            raise OSError(28, "No space left on device")
        return super().write(data)


def test_a_full_disk_costs_records_and_nothing_else() -> None:
    """The machine goes on; what could not be kept is counted, and the file says why."""
    file = FullDisk()
    spool = Spool(file, 10**6)
    with Machine(seed=7, boot_args=QUICK, trace=spool) as machine:
        machine.power_on()
        machine.run_until("login:")
    spool.close()
    text = io.StringIO()
    facts = write_file(file, text, FROM_BOOT, {}, lambda: False)

    assert facts["failure"] == "No space left on device" and facts["lost"] > 100 and facts["complete"]
    assert json.loads(text.getvalue())["otherData"]["lost"] == facts["lost"]
