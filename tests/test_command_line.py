"""The command line contract, tried from outside: real processes, real signals, exit codes and what is printed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).parent.parent / "src"
PATIENCE_S = 60  # for a busy machine: nothing here takes so long


class Tool:
    """The `axisos` command with a cache and a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {
            **os.environ, "PYTHONPATH": str(SOURCE), "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_DATA_HOME": str(home / "data"),
        }  # fmt: skip

    def program(self, source: str) -> str:
        path = self.home / "program.py"
        path.write_text(source)
        return str(path)

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        return subprocess.Popen(
            [sys.executable, "-m", "axisos.supervisor", *arguments], env=self.environment, **{**pipes, **options}
        )

    def __call__(self, *arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
        """(exit code, stdout, stderr) of a whole run."""
        process = self.start(*arguments)
        out, err = process.communicate(stdin, timeout=PATIENCE_S)
        return process.returncode, out.decode(), err.decode()


@pytest.fixture(scope="module")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    return Tool(tmp_path_factory.mktemp("home"))


def test_the_exit_code_and_the_streams_are_the_programs_own(tool: Tool) -> None:
    """Standard input comes from the pipe; nothing is added to the output."""
    program = tool.program("import sys\nprint(sys.stdin.read().upper(), end='')\nsys.exit(int(sys.argv[1]))\n")

    assert tool("run", program, "0", stdin=b"to be\n") == (0, "TO BE\n", "")
    assert tool("run", program, "3", stdin=b"") == (3, "", "")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "axisos: "),
        (("dance",), 2, "axisos: "),
        (("run",), 2, "axisos run: "),
        (("run", "--timeout", "soon", "x.py"), 2, "axisos run: "),
        (("run", "--tim", "1", "x.py"), 2, "axisos run: unrecognized arguments: --tim "),
        (("explore", "--seed", "1", "x.py"), 2, "axisos explore: unrecognized arguments: --seed "),
        (("run", "--trace", "/nowhere/trace", "guest:/bin/sh.py"), 2, "axisos: /nowhere/trace: No such file"),
        (("sh", "--drive", "/nowhere/disk.img", "-c", "true"), 2, "axisos: --drive /nowhere/disk.img: no such file"),
        (("sh", "--component", "toaster", "-c", "true"), 2, "axisos: --component 'toaster' is no component that can"),
        (("boot", "--component", "reactor:layout=X"), 2, "axisos: --component reactor: layout: 'X' is none of "),
        (("explore", "--component", "reactor", "x.py"), 2, "axisos explore: unrecognized arguments: --component "),
        (("run", "/nowhere/x.py"), 127, "axisos: /nowhere/x.py: No such file or directory"),
        (("run", "guest:/nowhere.py"), 127, "axisos: /nowhere.py: "),
        (("run", "--disk", "/", "guest:/bin/sh.py"), 2, "axisos: --disk /: "),
        (("run", "--user", "nobody", "guest:/bin/sh.py"), 126, "axisos: user 'nobody': "),
        (("run", "--fake-net", "/nowhere", "guest:/bin/sh.py"), 2, "axisos: /nowhere: No such file or directory"),
        (("sh", "--allow-net", "a b", "-c", "true"), 2, "axisos: 'a b' is no host: "),
        (("sh", "--seed", "1", "--allow-net", "a.test", "-c", "true"), 2, "axisos: --allow-net: a simulation "),
        (("sh", "--allow-net", "a.test", "--fake-net", "/", "-c", "true"), 2, "axisos: --fake-net and --allow-net: "),
        (("explore", "--allow-net", "a.test", "x.py"), 2, "axisos explore: unrecognized arguments: --allow-net"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(tool: Tool, arguments: tuple[str, ...], code: int, said: str) -> None:
    """No traceback of ours, whatever is wrong with the request."""
    returned, out, err = tool(*arguments)

    assert (returned, out) == (code, "")
    assert err.startswith(said) and len(err.strip().splitlines()) == 1, err


def test_a_shell_line_runs_with_files_copied_in(tool: Tool) -> None:
    """`--put` makes a host file a program of the guest; pipes and statuses are the shell's."""
    program = tool.program("print('from the host')\n")

    code, out, err = tool("sh", "--put", f"{program}:/tmp/a.py", "-c", "/tmp/a.py | cat; false || echo yes; exit 5")
    assert (code, out, err) == (5, "from the host\nyes\n", "")


def test_a_directory_stands_in_for_the_network(tool: Tool, tmp_path: Path) -> None:
    """DIR/HOST/page is served as http://HOST/page, under a seed as well, and to every run of an exploration."""
    (tmp_path / "web.test").mkdir()
    (tmp_path / "web.test" / "page").write_text("from a file\n")
    line = "curl http://web.test/page"
    assert tool("sh", "--fake-net", str(tmp_path), "-c", line) == (0, "from a file\n", "")
    assert tool("sh", "--seed", "3", "--fake-net", str(tmp_path), "-c", line) == (0, "from a file\n", "")
    program = tool.program("from axis import http\nassert http.get('http://web.test/page').text == 'from a file\\n'\n")
    code, out, err = tool("explore", "--seeds", "5", "--fake-net", str(tmp_path), program)
    assert (code, err) == (0, ""), out
    failing = tool.program("from axis import http\nassert http.get('http://web.test/page').code == 404\n")
    code, out, err = tool("explore", "--seeds", "2", "--fake-net", str(tmp_path), failing)
    assert code == 1 and f"--fake-net {tmp_path}" in out, out


def test_the_machine_asks_the_hosts_that_it_may(tool: Tool) -> None:
    """A real server on the list is reached, one beside it is not; without a list there is no network."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def serve() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(1000)
                peer.sendall(b"HTTP/1.0 200 OK\r\n\r\nfrom a socket\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        line = f"curl http://127.0.0.1:{port}/"
        code, out, err = tool("sh", "--allow-net", "127.0.0.2", "-c", line)
        assert (code, out) == (1, "") and "address is not allowed" in err
        code, out, err = tool("sh", "-c", line)
        assert (code, out) == (1, "") and "offline" in err
        assert tool("sh", "--allow-net", f"127.0.0.1:{port}", "-c", line) == (0, "from a socket\n", "")
        thread.join(PATIENCE_S)


def test_a_run_ends_at_its_time_limit_whatever_the_program_does(tool: Tool) -> None:
    """137 and one line that says why; --quiet leaves the line out."""
    program = tool.program("while True:\n    try:\n        while True: pass\n    except BaseException: pass\n")

    code, out, err = tool("run", "--timeout", "1", program)
    assert (code, out) == (137, "") and "not done after 1 s" in err and len(err.splitlines()) == 1
    assert tool("run", "--quiet", "--timeout", "1", program) == (137, "", "")


def test_the_first_interrupt_is_the_programs_the_second_kills_it(tool: Tool) -> None:
    """A program may handle SIGINT; the second one is SIGKILL to it, and the command says 137."""
    program = tool.program(
        "import signal\n"
        "signal.signal(signal.SIGINT, lambda *_: print('interrupted', flush=True))\n"
        "print('ready', flush=True)\n"
        "while True: pass\n"
    )
    process = tool.start("run", program)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == b"interrupted\n"
    process.send_signal(signal.SIGINT)

    assert process.wait(PATIENCE_S) == 137
    process.communicate()


def test_sigterm_switches_the_machine_off(tool: Tool) -> None:
    """Also while the program computes; the exit code is 137 and one line says why."""
    process = tool.start("run", tool.program("print('ready', flush=True)\nwhile True: pass\n"))
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.terminate()
    _, err = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 137
    assert err.decode() == "axisos: the machine was stopped: SIGTERM was received\n"


def test_a_reader_that_goes_away_ends_the_program(tool: Tool) -> None:
    """As in `axisos run yes.py | head -1`: the program gets SIGPIPE and the command ends."""
    process = tool.start("run", tool.program("while True: print('y')\n"))
    assert process.stdout is not None
    assert process.stdout.readline() == b"y\n"
    process.stdout.close()

    assert process.wait(PATIENCE_S) == 128 + signal.SIGPIPE
    assert process.stderr is not None and process.stderr.read() == b""
    process.stderr.close()


def test_one_seed_one_trace(tool: Tool) -> None:
    """Two runs with a seed write the same trace and print the same; the command sees to the hashes itself."""
    program = tool.program("import random\nprint(random.random(), hash('a'), {*'abcdef'})\n")
    results, traces = [], []
    for name in ("one", "two"):
        trace = tool.home / name
        results.append(tool("run", "--seed", "5", "--trace", str(trace), program))
        traces.append(trace.read_text())

    assert results[0] == results[1] and results[0][0] == 0
    assert traces[0] == traces[1] and traces[0].count("\n") > 100


def test_a_drive_from_the_command_line(tool: Tool) -> None:
    """Made with its size, kept by the host: the second run reads what the first has written."""
    image = str(tool.home / "disk.img")
    program = tool.program(
        "import sys\nfrom axis import filesystem\n"
        "path = next('/dev/' + name for name in filesystem.list('/dev') if name.startswith('drive_'))\n"
        "handle = filesystem.open_handle(path, 'rw')\n"
        "print(filesystem.device_control(handle, 'read_sector', [1])[:2])\n"
        "filesystem.device_control(handle, 'write_sector', [1, sys.argv[1].encode()])\n"
    )
    assert tool("run", "--user", "root", "--drive", f"{image}:64K", program, "AX") == (0, "b'\\x00\\x00'\n", "")
    assert Path(image).stat().st_size == 65_536
    assert tool("run", "--user", "root", "--drive", image, program, "YZ") == (0, "b'AX'\n", "")
    assert Path(image).read_bytes().startswith(b"YZ")


def test_a_reactor_from_the_command_line(tool: Tool) -> None:
    """Beside a drive, and in the order given."""
    line = "rbmk scan; ls /dev | grep -c drive_"
    options = ("--component", "drive", "--component", "reactor:layout=FRF", "--component", "drive:size=1M")
    assert tool("sh", "--seed", "1", *options, "-c", line) == (0, "5 parts\n2\n", "")


SPINNER = r"""
from axis import dk
DRIVER_INFO = {"driver_name": "Spin", "driver_type": "KernelModeDriver", "load_priority": 500, "version": "1.0"}

def on_read(device, irp):
    while True:
        pass

def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    dk.create_device(driver, r"\Device\Spin")
    dk.create_symbolic_link("/dev/spin", r"\Device\Spin")

dk.run(driver_entry)
"""


def test_a_driver_that_loops_for_ever_fails_its_request_and_nothing_else(tool: Tool, tmp_path: Path) -> None:
    """The watchdog breaks into it; who asked gets an error, the driver and the machine go on."""
    driver = tmp_path / "spin.sys.py"
    driver.write_text(SPINNER)
    line = "cat /dev/spin; echo status $?; lsmod Spin | tail -1 | cut -c1-4"
    code, out, err = tool("sh", "--user", "root", "--driver", str(driver), "-c", line)
    assert (code, out, err) == (0, "status 1\nSpin\n", "cat: /dev/spin: Input/output error\n")
