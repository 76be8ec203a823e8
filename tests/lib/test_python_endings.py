"""How programs end: tracebacks, exit codes, what is still written, and where threads and signals leave a process."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from guest_program import run_guest

ENDINGS = {
    "an uncaught error": """
        import sys
        print("before", end="")
        def inner(n):
            if n: inner(n - 1)
            else: raise ValueError("boom")
        def outer():
            inner(2)
        outer()
    """,
    "a class and a note": """
        class Mine(Exception): pass
        error = Mine("text"); error.add_note("a note")
        raise error
    """,
    "from another error": """
        try:
            {}["key"]
        except KeyError as error:
            raise RuntimeError("later") from error
    """,
    "while handling an error": """
        try:
            1 / 0
        except ZeroDivisionError:
            int("x")
    """,
    "a module that is not there": "import no_such_module_at_all",
    "no words": "raise SystemExit",
    "a number": "import sys; sys.exit(3)",
    "a large number": "import sys; sys.exit(300)",
    "a negative number": "import sys; sys.exit(-1)",
    "a truth": "import sys; sys.exit(True)",
    "words": "print('out'); raise SystemExit('the words')",
    "an object": "raise SystemExit([1, 2])",
    "both streams": """
        import sys
        sys.stdout.write("no newline")
        sys.stderr.write("neither here")
        sys.exit(4)
    """,
    "an error in a handler at the end": """
        import atexit, sys
        def bad():
            raise RuntimeError("at the end")
        atexit.register(print, "registered first, called last")
        atexit.register(bad)
        print("main")
        sys.exit(5)
    """,
    "an exit in a handler at the end": """
        import atexit, sys
        def leave(): raise SystemExit(9)
        atexit.register(leave)
        print("main")
    """,
    "handlers after an error": """
        import atexit
        atexit.register(print, "still called")
        raise ValueError("first")
    """,
    "an error in a thread": """
        import threading
        def work():
            raise ValueError("in the thread")
        thread = threading.Thread(target=work, name="worker")
        thread.start()
        thread.join()
        print("main goes on")
    """,
    "streams that came late": """
        import threading, time
        def work():
            time.sleep(0.02)
            import sys
            sys.stdout.write("from the thread\\n")
        threading.Thread(target=work).start()
        import sys
        sys.stdout.write("from main\\n")
    """,
}


def of_the_program(text: str) -> list[str]:
    """What a traceback says of the program: without marks below the code, without frames of the library."""
    lines: list[str] = []
    skipping = False
    for line in text.splitlines():
        if line.startswith('  File "'):
            skipping = "program.py" not in line
            line = line.replace(line[line.index('"') + 1:line.rindex('"')], "program.py")
        elif not line.startswith("    "):
            skipping = False
        if not skipping and line.strip() and line.strip("~^ "):
            lines.append(line.rstrip().partition(" at 0x")[0].rstrip(">"))
    return lines


@pytest.mark.parametrize("name", ENDINGS)
def test_a_program_ends_as_in_python(name: str, tmp_path: Path) -> None:
    """The same exit code, the same output, the same traceback with the program's own lines."""
    source = textwrap.dedent(ENDINGS[name])
    guest = run_guest(tmp_path, source)
    path = tmp_path / "program.py"
    host = subprocess.run([sys.executable, str(path)], capture_output=True, check=False)
    assert guest.exit_code == host.returncode
    assert guest.stdout.decode() == host.stdout.decode()
    here, there = of_the_program(guest.stderr.decode()), of_the_program(host.stderr.decode())
    if name == "a module that is not there":
        assert here[-1].startswith(there[-1])
    else:
        assert here == there


def test_the_interrupt_goes_to_the_main_thread(tmp_path: Path) -> None:
    """Wherever the signal was sent from and whatever main waits for, it is main that gets KeyboardInterrupt."""
    result = run_guest(tmp_path, """
        import os, queue, signal, threading, time
        lock = threading.Lock(); lock.acquire()
        waits = {
            "sleep": lambda: time.sleep(60), "lock": lambda: lock.acquire(),
            "event": lambda: threading.Event().wait(60), "queue": lambda: queue.Queue().get(),
            "join": lambda: sleeper.join(), "loop": lambda: [0 for _ in iter(int, 1)],
        }
        sleeper = threading.Thread(target=time.sleep, args=(1000,), daemon=True); sleeper.start()
        def interrupt():
            time.sleep(0.05)
            os.kill(os.getpid(), signal.SIGINT)
        for name, wait in waits.items():
            threading.Thread(target=interrupt).start()
            try:
                wait()
                print(name, "was not interrupted")
            except KeyboardInterrupt:
                print(name, threading.current_thread() is threading.main_thread(), lock.locked())
        lock.release(); print(lock.acquire(timeout=0.1))
        time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)
        print("not reached")
    """)
    assert result.stdout.decode().split("\n") == [
        *[f"{name} True True" for name in ("sleep", "lock", "event", "queue", "join", "loop")], "True", "",
    ]
    assert result.exit_code == 130


def test_threads_share_what_the_process_has(tmp_path: Path) -> None:
    """Memory, modules, variables, working directory, handles and token are the process's (manual, chapter 4.4)."""
    result = run_guest(tmp_path, """
        import os, sys, threading
        os.mkdir("/tmp/w")
        facts = []
        def work():
            os.environ["FROM"] = "the thread"
            os.chdir("/tmp/w")
            opened.append(os.open("file", os.O_RDWR | os.O_CREAT))
            os.write(opened[0], b"shared")
            facts.append((syscall("synapse_get_token"), os.getpid(), id(sys.modules), syscall("process_get_ring")))
            assert threading.get_ident() != os.getpid()
        opened = []
        thread = threading.Thread(target=work); thread.start(); thread.join()
        print(os.environ["FROM"], os.getcwd(), os.lseek(opened[0], 0, 0), os.read(opened[0], 9))
        print(facts == [(syscall("synapse_get_token"), os.getpid(), id(sys.modules), syscall("process_get_ring"))])
    """)
    assert result.stdout.decode() == "the thread /tmp/w 0 b'shared'\nTrue\n"
    assert (result.stderr, result.exit_code) == (b"", 0)


def test_a_kill_ends_threads_that_wait_for_each_other(tmp_path: Path) -> None:
    """Whatever its threads hold and wait for, a killed process is gone at once, with the signal as its status."""
    result = run_guest(tmp_path, """
        import signal, subprocess, sys
        code = '''if True:
            import threading
            first, second, ready = threading.Lock(), threading.RLock(), threading.Barrier(9)
            def hold(lock):
                with lock:
                    ready.wait()
                    lock.acquire() if lock is first else threading.Event().wait()
            def wait(lock):
                ready.wait()
                with lock: pass
            for lock in (first, second):
                threading.Thread(target=hold, args=(lock,)).start()
                for _ in range(3): threading.Thread(target=wait, args=(lock,)).start()
            ready.wait()
            print("deadlocked", flush=True)
            first.acquire()
        '''
        for number in (signal.SIGKILL, signal.SIGTERM):
            child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
            print(child.stdout.readline().strip(), child.poll())
            child.send_signal(number)
            print(child.wait(timeout=5), child.stdout.read() == "")
    """)
    assert result.stderr.decode() == ""
    assert result.stdout.decode() == "deadlocked None\n-9 True\ndeadlocked None\n-15 True\n"


def test_a_reader_that_goes_away_ends_the_writer(tmp_path: Path) -> None:
    """By SIGPIPE, or by BrokenPipeError when the program says that it wants to know."""
    result = run_guest(tmp_path, """
        import subprocess, sys
        def piped(first_line):
            code = first_line + "; import os, sys\\n" \\
                "try:\\n for _ in range(10000): print('y' * 100)\\n" \\
                "except BrokenPipeError: os._exit(7)"
            child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
            print(child.stdout.readline()[:3]); child.stdout.close()
            return child.wait()
        print(piped("pass"), piped("import signal; signal.signal(signal.SIGPIPE, signal.SIG_IGN)"))
    """)
    assert result.stderr.decode() == ""
    assert result.stdout.decode() == "b'yyy'\nb'yyy'\n-13 7\n"
