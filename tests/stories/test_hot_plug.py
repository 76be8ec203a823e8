"""Hardware that comes and goes while programs use it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axisos import host
from axisos.machine.machine import Machine

HEAD = """
from abi.status import StatusError
from axis import filesystem, reactor, thread

def status_of(call, *arguments):
    try:
        return call(*arguments)
    except StatusError as error:
        return int(error.status), type(error).__name__

def nodes(start):
    return [name for name in filesystem.list("/dev") if name.startswith(start)]

def until(condition):
    while not condition():
        thread.sleep(0.01)

"""


class Show:
    """A machine in which a program of root's runs, and what it has printed so far."""

    def __init__(self, machine: Machine, program: Path) -> None:
        self.machine = machine
        self.runner = host.JobRunner(machine, host.make_job(str(program), user="root"))
        self.text = ""

    def run_until(self, words: str) -> None:
        """Until the program has printed *words*; fails with all that it has said."""

        def said() -> bool:
            for stream in (1, 2):
                self.text += self.runner.port.take(stream).decode()
            return words in self.text or self.runner.outcome() is not None

        self.machine.run_until(said, timeout=200)
        assert words in self.text, f"{self.text}\n{self.runner.outcome()}"


@contextmanager
def show(tmp_path: Path, program: str, *components: str) -> Iterator[Show]:
    path = tmp_path / "program.py"
    path.write_text(HEAD + program)
    with Machine(seed=7, components=components) as machine:
        yield Show(machine, path)


def test_a_drive_is_plugged_in_used_and_pulled_out(tmp_path: Path) -> None:
    """Its node appears, for root only; when it is gone, the open handle and the name both say so."""
    program = """
def say(*words):
    print(*words, flush=True)

say("drives:", nodes("drive"))
until(lambda: nodes("drive"))
path = "/dev/" + nodes("drive")[0]
say(path[:11], filesystem.stat(path)["mode"])
handle = filesystem.open_handle(path, "rw")
say(filesystem.device_control(handle, "write_sector", [2, b"hello"]))
say(filesystem.device_control(handle, "read_sector", [2])[:5])
say("in use")
until(lambda: not nodes("drive"))
say("by handle:", status_of(filesystem.device_control, handle, "info", []))
say("by name:", status_of(filesystem.open_handle, path, "r"))
filesystem.close(handle)
until(lambda: nodes("drive"))
say("again:", "/dev/" + nodes("drive")[0] == path)
"""
    image = tmp_path / "disk.img"
    with show(tmp_path, program) as scene:
        scene.run_until("drives: []")
        [drive] = scene.machine.plug(f"drive:file={image},size=64K")
        scene.run_until("in use")
        assert "/dev/drive_ 600\n5\nb'hello'\n" in scene.text
        assert image.read_bytes()[512:517] == b"hello"
        scene.machine.unplug(drive)
        scene.run_until("by name: (405, 'FileNotFoundError')")
        assert "by handle: (405, 'FileNotFoundError')" in scene.text
        scene.machine.plug(drive)
        scene.run_until("again: True")


def test_a_rod_is_pulled_out_while_a_program_waits_for_it(tmp_path: Path) -> None:
    """The wait ends by name; the rest of the reactor goes on."""
    program = """
with reactor.first("console") as console, reactor.first("control_rod") as rod:
    console.set_level(1)
    print("waiting", flush=True)
    print(status_of(rod.wait), reactor.scan(), flush=True)
    console.az5()
    print("opened again:", status_of(reactor.open, rod.path), flush=True)
    with reactor.first("control_rod") as other:
        print("the other:", other.wait()["level"], flush=True)
"""
    with show(tmp_path, program, "reactor:layout=FRF/R.R") as scene:
        scene.run_until("waiting")
        scene.machine.run_for(3)
        rod = scene.machine.bus.first("rbmk_control_rod")
        assert rod is not None
        scene.machine.unplug(rod)
        scene.run_until("the other: 0.0")
        assert "(405, 'NoReactor') 6\n" in scene.text and "opened again: (405, 'NoReactor')" in scene.text


def test_waiting_for_a_rod_has_no_time_limit(tmp_path: Path) -> None:
    """Other requests to a driver end after half a minute; this one may last as long as the rod is sent about."""
    program = """
with reactor.first("console") as console, reactor.first("control_rod") as rod:
    def play():
        for level in (1, 0) * 5:
            console.set_level(level)
            thread.sleep(9)
    player = thread.create(play)
    thread.sleep(1)
    start = syscall("time_get")[0]
    print(rod.wait()["level"], 80 < syscall("time_get")[0] - start < 100, flush=True)
"""
    with show(tmp_path, program, "reactor:layout=FRF") as scene:
        scene.run_until("0.0 True")


def test_the_driver_of_a_drive_is_replaced(tmp_path: Path) -> None:
    """While a program has the drive open: its handle and the name lead to what was written before."""
    program = """
path = "/dev/" + nodes("drive")[0]
handle = filesystem.open_handle(path, "rw")
filesystem.device_control(handle, "write_sector", [7, b"kept"])
print(syscall("driver_reload", "AxisBlockDev"))
print(nodes("drive") == [path[5:]], filesystem.device_control(handle, "read_sector", [7])[:4], flush=True)
again = filesystem.open_handle(path, "r")
print("by name:", filesystem.device_control(again, "read_sector", [7])[:4], flush=True)
"""
    with show(tmp_path, program, "drive") as scene:
        scene.run_until("by name: b'kept'")
        assert "True b'kept'\n" in scene.text


def test_a_drive_is_a_file_to_commands_and_programs(tmp_path: Path) -> None:
    """Copied, cut, filled to its end; a program seeks in it; only root may."""
    program = """
path = "/dev/" + nodes("drive")[0]
with open(path, "r+b") as file:
    file.seek(1000)
    file.write(b"hello")
    file.seek(-7, 2)
    file.write(b"the end")
    file.seek(998)
    print(file.read(9), file.seek(0, 2))
    try:
        file.write(b"more")
        file.flush()
    except OSError as error:
        print(error.errno, int(error.status))
print(len(open(path, "rb").read()), flush=True)
"""
    with show(tmp_path, program, "drive:size=64K") as scene:
        scene.run_until("616\n65536\n")
        assert scene.text.startswith("b'\\x00\\x00hello\\x00\\x00' 65536\n28 616\n")
    line = (
        "set -- /dev/drive_*; echo hi > $1; head -c 3 $1; cp $1 /tmp/copy; wc -c < /tmp/copy;"
        "yes | cat > $1; echo $?; tail -c 2 $1"
    )
    with Machine(seed=7, components=["drive:size=64K"]) as machine:
        result = host.run(machine, None, user="root", line=line)
    assert result.stdout == b"hi\n65536\n1\ny\n" and b"No space left on device" in result.stderr
    with Machine(seed=7, components=["drive:size=64K"]) as machine:
        result = host.run(machine, None, line="cat /dev/drive_*")
    assert result.exit_code == 1 and b"Permission denied" in result.stderr


def test_what_is_on_a_drive_outlives_the_machine(tmp_path: Path) -> None:
    """Written by one machine, read by the next."""
    program = """
handle = filesystem.open_handle("/dev/" + nodes("drive")[0], "rw")
print(filesystem.device_control(handle, "read_sector", [1])[:6].rstrip(bytes(1)), flush=True)
filesystem.device_control(handle, "write_sector", [1, b"second"])
print("done", flush=True)
"""
    image = tmp_path / "disk.img"
    image.write_bytes(b"first".ljust(1024, b"\0"))
    for expected in ("b'first'", "b'second'"):
        with show(tmp_path, program, f"drive:file={image}") as scene:
            scene.run_until("done")
            assert expected in scene.text


def test_a_drive_that_is_there_at_boot_is_loaded_once(tmp_path: Path) -> None:
    """By the scan and the driver list together: one process for each drive, and no complaint in the log."""
    program = r"""
print([process["image"] for process in syscall("process_list")].count("/drivers/blkdev.sys.py"), nodes("drive"))
print(syscall("reg_get_value", "@VT\\DRV\\AxisBlockDev", "Status"))
"""
    log: list[str] = []
    path = tmp_path / "program.py"
    path.write_text(HEAD + program)
    with Machine(seed=7, components=["drive", "drive:size=1M"], verbose_log=log.append) as machine:
        result = host.run(machine, str(path), user="root")
    assert result.stdout.startswith(b"2 ['drive_") and b"('loaded', 'STR')" in result.stdout, result
    assert not [line for line in log if "FAIL" in line or "WARN" in line]
