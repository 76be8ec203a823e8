"""The system library: files, errors, synchronisation, pipes, sections, queues, threads and signals, by its own names."""

# ruff: noqa: E501 - a program or command line reads best on one line
from __future__ import annotations

from pathlib import Path

import pytest
from guest_program import output, run_guest


def test_files_by_the_manuals_names(tmp_path: Path) -> None:
    """open, write, flush, read, seek, list, stat, rename, chmod, remove; relative paths follow PWD."""
    lines = output(tmp_path, """
        from axis import filesystem as fs
        fs.mkdir("/tmp/w")
        fs.chdir("/tmp/w/../w/.")
        print(fs.getcwd(), env["PWD"], fs.abspath("a//b/./../c/"), fs.abspath("/"), fs.abspath(".."))
        h = fs.open("a", "w")
        print(fs.write(h, "one\\n"), fs.write(h, 2), fs.flush(h), fs.close(h))
        with fs.open("a") as file:
            print([line for line in file])
        with fs.open("a", "rb") as file:
            print(file.read(), file.seek(1), file.tell(), file.read(2))
        with fs.open("a", "rw") as file:
            file.write("ONE"); file.seek(0); print(repr(file.read()))
        with fs.open("a", "a") as file:
            file.write("end")
        token = fs.open_handle("a", "r")
        print(fs.read(token, 3), fs.seek(token, -3, "end"), fs.read(token), repr(fs.read(token)), fs.close(token))
        fs.mkdir("d"); print(fs.list("."), fs.stat("a")["size"], fs.stat("d")["type"], fs.exists("no"), fs.is_dir("d"))
        fs.rename("a", "d/b"); fs.chmod("d/b", "600"); print(fs.stat("d/b")["mode"], fs.list("d"))
        fs.remove("d", True); print(fs.list("/tmp/w"))
        print(fs.write(-11, "through the standard handle\\n"), fs.write(1, b"and bytes\\n"))
    """)
    assert lines == [
        "/tmp/w /tmp/w /tmp/w/a/c / /tmp", "True True True True", "['one\\n', '2']", "b'one\\n2' 1 1 b'ne'",
        "'ONE\\n2'", "ONE 5 end '' True", "['a', 'd/'] 8 directory False True", "600 ['b']", "[]",
        "through the standard handle", "and bytes", "True True",
    ]


def test_an_error_is_the_builtin_and_a_status(tmp_path: Path) -> None:
    """Each status arrives as the exception that a Python programmer expects, and keeps number and detail."""
    lines = output(tmp_path, """
        from abi.status import Status, StatusError
        from axis import errcheck, errors, filesystem as fs, ipc, pipe, signals, sync, syscall, thread
        def attempt(call, kind):
            try:
                call()
            except kind as error:
                assert isinstance(error, StatusError) and error.detail, (kind, error)
                print(kind.__name__, int(error.status), getattr(error, "filename", None))
        attempt(lambda: fs.open("/no"), FileNotFoundError)
        attempt(lambda: fs.open("/dev/no"), FileNotFoundError)
        attempt(lambda: fs.open("/etc/passwd.toml"), PermissionError)
        attempt(lambda: fs.open("/tmp", "w"), IsADirectoryError)
        attempt(lambda: fs.list("/kernel.py"), NotADirectoryError)
        attempt(lambda: fs.mkdir("/tmp"), FileExistsError)
        attempt(lambda: fs.chmod("/tmp", "9"), ValueError)
        attempt(lambda: fs.open("/tmp/x", "q"), ValueError)
        attempt(lambda: fs.read("no such token"), OSError)
        attempt(lambda: fs.open(5), ValueError)
        attempt(lambda: fs.open("a\\0b"), ValueError)
        attempt(lambda: signals.send(99999), ProcessLookupError)
        attempt(lambda: signals.send(2), PermissionError)
        attempt(lambda: syscall.wait(99999), ProcessLookupError)
        attempt(lambda: syscall.reboot(), PermissionError)
        attempt(lambda: syscall.syscall("no_such_call"), NotImplementedError)
        attempt(lambda: sync.release_mutex(sync.create_mutex()), RuntimeError)
        attempt(lambda: sync.set_event(sync.create_mutex()), TypeError)
        attempt(lambda: sync.release_semaphore(sync.create_semaphore(0, 1), 2), ValueError)
        attempt(lambda: thread.create(5), ValueError)
        print(errcheck.STATUS_ACCESS_DENIED, errcheck.get_error_string(500), errcheck.get_error_string(12345))
        print(str(errors.to_builtin(StatusError(820, "d"))), repr(errors.to_builtin(StatusError(1, "d")).status))
    """)
    assert lines == [
        "FileNotFoundError 603 /no", "FileNotFoundError 405 /dev/no", "PermissionError 500 /etc/passwd.toml",
        "IsADirectoryError 614 /tmp", "NotADirectoryError 613 /kernel.py", "FileExistsError 612 /tmp", "ValueError 601 None",
        "ValueError 601 None", "OSError 600 no such token", "ValueError 601 None", "ValueError 601 None",
        "ProcessLookupError 606 None", "PermissionError 501 None", "ProcessLookupError 606 None", "PermissionError 501 None",
        "NotImplementedError 303 None", "RuntimeError 822 None", "TypeError 706 None", "ValueError 823 None",
        "ValueError 601 None",
        "STATUS_ACCESS_DENIED STATUS_ACCESS_DENIED: permission bits, access mask or policy forbid it unknown status 12345",
        "[Errno 32] Broken pipe: d STATUS_PENDING",
    ]


def test_threads_wait_for_each_other(tmp_path: Path) -> None:
    """thread, sync: a mutex keeps a counter whole; events wake; waits time out; join is idempotent."""
    lines = output(tmp_path, """
        from axis import sync, thread
        mutex, total = sync.create_mutex(), [0]
        def add():
            for _ in range(300):
                with sync.locked(mutex):
                    total[0] += 1
        print(thread.parallel([add, add, add]), total[0])
        event = sync.create_event()
        print(sync.wait(event, 10) == sync.WAIT_TIMEOUT, sync.wait("nonsense", 0, raising=False), sync.set_event(event), sync.wait(event))
        other = thread.create(lambda: (thread.sleep(0.01), sync.set_event(event)))
        print(sync.wait_multiple([mutex, event], True), other.join(), other.join(), other.alive(), other.status())
        sleeper = thread.create(lambda: thread.sleep(60)); print(sleeper.join(5), sleeper.alive(), len(thread.list()))
        sleeper.detach()
        try:
            sleeper.join()
        except ValueError as error:
            print(error.status)
    """)
    assert lines == [
        "3 900", "True -1 0 0", "0 True True False dead", "False True 2", "STATUS_INVALID_PARAMETER",
    ]


def test_data_goes_through_a_pipe(tmp_path: Path) -> None:
    """Bytes come out as they went in, however small the pipe; then it ends."""
    lines = output(tmp_path, """
        from axis import pipe, thread
        ends = pipe.create(32)
        writer = thread.create(lambda: (pipe.write(ends.write, b"x" * 1000), pipe.close_write(ends.write)))
        size = 0
        while data := pipe.read(ends.read, 100):
            size += len(data)
        print(size, pipe.read(ends.read), [*pipe.create()] != [], pipe.write(pipe.create().write, "text"))
    """)
    assert lines == ["1000 b'' True 4"]


def test_the_small_calls_do_what_they_say(tmp_path: Path) -> None:
    """What no program on the disk needs: pulses, ends of pipes, the caller's own token, environment and level."""
    lines = output(tmp_path, """
        from axis import ipc, pipe, signals, sync, syscall, thread
        signals.handle(signals.SIGPIPE, signals.SIG_IGN)
        event = sync.create_event(); woken = []
        waiter = thread.create(lambda: woken.append(sync.wait(event, 1000)))
        thread.yield_()
        print(sync.pulse_event(event), waiter.join(), woken, sync.wait(event, 0) == sync.WAIT_TIMEOUT)
        pair = pipe.create()
        try:
            pipe.close_read(pair.write)
        except ValueError as error:
            print(int(error.status))
        print(pipe.close_read(pair.read))
        try:
            pipe.write(pair.write, b"x")
        except BrokenPipeError as error:
            print(int(error.status), ipc.get_irql())
        copy = syscall.get_environment(); copy["NEW"] = "1"
        print(copy["USER"], "NEW" in env, syscall.get_synapse_token() == syscall.kernel("synapse_get_token"))
        try:
            syscall.syscall("vfs_stat", "/nowhere", about="nowhere")
        except FileNotFoundError as error:
            print(error.filename)
    """)
    assert lines == ["1 True [0] True", "601", "True", "820 0", "guest False True", "nowhere"]


def test_timers_named_pipes_sections_and_queues(tmp_path: Path) -> None:
    """sync, pipe, ipc: a timer fires, names are found, a section is shared, queues keep their order."""
    lines = output(tmp_path, """
        from axis import ipc, pipe, sync
        timer = sync.create_timer(); sync.set_timer(timer, 5); print(sync.wait(timer, 1000), sync.cancel_timer(timer))
        named = pipe.create_named("tube"); pipe.write(named.write, "text")
        print(pipe.read(pipe.connect_named("tube"), 9), named.name)
        one = ipc.map_section(ipc.create_section("shared")); two = ipc.map_section(ipc.open_section("shared"))
        one["n"] = 5; print(two["n"])
        queue = ipc.create_mqueue("q")
        for text, priority in ((b"a", 1), (b"b", 10), (b"c", 5)):
            ipc.mq_send(queue, text, priority)
        print([tuple(ipc.mq_receive(ipc.open_mqueue("q"))) for _ in range(3)], ipc.ipc_stats()["mq_created"])
        for call, kind in ((lambda: pipe.connect_named("no"), FileNotFoundError), (lambda: ipc.mq_receive(queue, 0), TimeoutError),
                           (lambda: ipc.mq_send(ipc.create_mqueue(None, 1, 4), b"12345"), OSError)):
            try:
                call()
            except kind as error:
                print(int(error.status))
    """)
    assert lines == ["0 False", "b'text' tube", "5", "[(b'b', 10), (b'c', 5), (b'a', 1)] 1", "703", "258", "824"]


def test_signals_are_handled_and_held_back(tmp_path: Path) -> None:
    """signals: handlers, masks, ignoring, numbers by name."""
    lines = output(tmp_path, """
        from axis import signals, thread
        got = []
        me = syscall("process_get_pid")
        print(signals.handle(signals.SIGUSR1, got.append), signals.send(me, signals.SIGUSR1), signals.getpgid() > 0, got)
        signals.mask([signals.SIGUSR1]); signals.send(me, signals.SIGUSR1); thread.sleep(0.01); print(got)
        signals.mask([]); thread.sleep(0.01); print(got)
        signals.handle(signals.SIGTERM, signals.SIG_IGN); signals.send(me); thread.sleep(0.01)
        print(signals.number_of("term"), signals.number_of("SIGKILL"), signals.number_of(2))
    """)
    assert lines[-3:] == ["[30]", "[30, 30]", "15 9 2"]


def test_streams_that_were_forgotten_lose_nothing(tmp_path: Path) -> None:
    """Files that a program never closes are written, closed in time, and never run out."""
    lines = output(tmp_path, """
        for n in range(1500):
            open("/tmp/f", "w").write(str(n))
        print(open("/tmp/f").read(), len([open("/tmp/f") for _ in range(20)]))
        import os
        os.remove("/tmp/f")
        kept = open("/tmp/g", "w"); kept.write("kept"); print(open("/tmp/g").read())
        open("/tmp/last", "w").write("at the end")
        import subprocess
        print(subprocess.run(["cat", "/tmp/last"], capture_output=True).stdout)
    """)
    assert lines == ["1499 20", "kept", "b'at the end'"]


@pytest.mark.parametrize("ending", ["pass", "import sys; sys.exit(0)", "raise SystemExit"])
def test_output_is_complete_however_a_program_ends(tmp_path: Path, ending: str) -> None:
    """What was written without a newline arrives, in order, also what an error's traceback follows."""
    result = run_guest(tmp_path, f"import sys\nsys.stdout.write('a')\nprint('b', end='')\nsys.stdout.write('c')\n{ending}\n")
    assert (result.stdout, result.exit_code) == (b"abc", 0)
    failed = run_guest(tmp_path, "import sys\nsys.stdout.write('a')\n1 / 0\n")
    assert (failed.stdout, failed.exit_code) == (b"a", 1)
    assert failed.stderr.endswith(b"ZeroDivisionError: division by zero\n")


def test_programs_are_run_and_talked_to(tmp_path: Path) -> None:
    """subprocess: output, input, exit status, signals, time limits, missing programs."""
    lines = output(tmp_path, """
        import subprocess as s
        print(s.run(["echo", "a b"], capture_output=True, text=True))
        print(s.run("cat; echo err >&2; exit 3", shell=True, input=b"in", stdout=s.PIPE, stderr=s.STDOUT))
        print(s.check_output(["sort"], input="b\\na\\n", text=True).split(), s.call(["false"]), s.getoutput("echo x"))
        for call in (lambda: s.run(["false"], check=True), lambda: s.run(["nope"]), lambda: s.run(["sleep", "9"], timeout=0.05),
                     lambda: s.run(["pwd"], cwd="/nope"), lambda: s.Popen([]), lambda: s.Popen(["ls"], preexec_fn=print)):
            try:
                call()
            except (s.SubprocessError, OSError, ValueError, NotImplementedError) as error:
                print(type(error).__name__, error)
        child = s.Popen(["sleep", "100"]); print(child.poll()); child.terminate(); print(child.wait(), child.poll())
        with s.Popen(["cat"], stdin=s.PIPE, stdout=s.PIPE) as child:
            print(child.communicate(b"z" * 300000)[0] == b"z" * 300000)
        print(s.run(["printenv", "A"], env={"A": "1"}, capture_output=True).stdout)
        print(s.run(["cat"], stdin=s.DEVNULL).returncode, s.run(["seq", "9"], stdout=s.DEVNULL).returncode)
    """)
    assert lines == [
        "CompletedProcess(args=['echo', 'a b'], returncode=0, stdout='a b\\n', stderr='')",
        "CompletedProcess(args='cat; echo err >&2; exit 3', returncode=3, stdout=b'inerr\\n')", "['a', 'b'] 1 x",
        "CalledProcessError Command '['false']' returned non-zero exit status 1.",
        "FileNotFoundError [Errno 2] No such file or directory: 'nope'",
        "TimeoutExpired Command '['sleep', '9']' timed out after 0.05 seconds",
        "FileNotFoundError [Errno 2] No such file or directory: '/nope'",
        "ValueError args is empty: it needs the program's name",
        "NotImplementedError subprocess.Popen(preexec_fn=...) is not there: see what syscall process_spawn takes",
        "None", "-15 -15", "True", "b'1\\n'", "0 0",
    ]


def test_temporary_files_go_away(tmp_path: Path) -> None:
    """tempfile."""
    lines = output(tmp_path, """
        import os, tempfile
        with tempfile.TemporaryDirectory() as d:
            open(d + "/x", "w").close(); print(os.listdir(d), oct(os.stat(d).st_mode & 0o777))
        with tempfile.NamedTemporaryFile("w+") as f:
            f.write("x"); f.seek(0); print(f.read(), f.name.startswith("/tmp/tmp"))
        handle, path = tempfile.mkstemp(".t"); os.write(handle, b"1"); os.close(handle); print(open(path).read())
        print(os.path.exists(d), os.path.exists(f.name))
    """)
    assert lines == ["['x'] 0o700", "x True", "1", "False False"]


def test_what_is_missing_says_what_to_use_instead(tmp_path: Path) -> None:
    """An attribute error that names the axis call."""
    lines = output(tmp_path, """
        import os, signal, sys
        for call in (lambda: os.fork(), lambda: os.symlink("a", "b"), lambda: os.execv("a", []), lambda: sys.settrace(None),
                     lambda: signal.alarm(1), lambda: os.nope):
            try:
                call()
            except AttributeError as error:
                print(error)
        for call in (lambda: os.stat("/tmp", dir_fd=3), lambda: os.path.samestat(1, 2)):
            try:
                call()
            except NotImplementedError as error:
                print(error)
    """)
    assert lines[0] == (
        "os.fork is not there: use subprocess.Popen, or syscall('process_spawn', path, None, env, handles)"
    )
    assert all(" is not there: " in line for line in lines[:5])
    assert lines[5] == "module 'os' has no attribute 'nope'"
    assert lines[6] == "os.stat(dir_fd=...) is not there: a path is enough: vfs calls take absolute paths"
    assert lines[7].startswith("os.path.samestat is not there: ")


def test_modules_of_the_manual_that_have_another_name_here_say_which(tmp_path: Path) -> None:
    """`require` of one names the other."""
    lines = output(tmp_path, """
        for name in ("signal_lib", "ke"):
            try:
                require(name)
            except ModuleNotFoundError as error:
                print(error)
    """)
    assert lines[0] == "No module named 'signal_lib'; the library of signals is axis.signals"
    assert "axis.sync, axis.pipe and axis.ipc" in lines[1]
