"""axis.sync, pipe, ipc, signals and thread: objects that close themselves, iterators, refusals, and threads that are ended."""

# ruff: noqa: E501 - a line of a program reads best on one line
from __future__ import annotations

from pathlib import Path

from guest_program import output


def test_what_is_made_in_a_with_is_gone_after_it(tmp_path: Path) -> None:
    """Every class closes its handle at the end, once, however the block ends; a closed object is refused by name."""
    lines = output(tmp_path, """
        from axis import ipc, pipe, sync
        def open_handles():
            return syscall("process_limits")["handles"][1]
        before = open_handles()
        makers = (sync.Event, sync.Mutex, sync.Semaphore, sync.Timer, pipe.create, lambda: pipe.create_named("n"), ipc.Section, ipc.MessageQueue)
        for make in makers:
            with make() as held:
                assert open_handles() > before
            held.close()
            assert open_handles() == before, make
            try:
                with make():
                    raise KeyError
            except KeyError:
                assert open_handles() == before, make
        with pipe.create() as (reader, writer):
            pipe.close_write(writer)
        with sync.Event() as event:
            sync.close(event)
        try:
            event.set()
        except OSError as error:
            print(int(error.status), event, open_handles() - before)
    """)
    assert lines == ["600 <Event, closed> 0"]


def test_plain_functions_take_objects_and_methods_do_the_same(tmp_path: Path) -> None:
    """One object, told by its handle, whichever way it is used."""
    lines = output(tmp_path, """
        from axis import ipc, sync
        with sync.Mutex() as mutex, sync.Event(True) as event, sync.Semaphore(0, 3) as permits, sync.Timer() as timer:
            print(event.set(), sync.wait(event.handle), sync.wait(event), event.reset(), event.wait(0), event.pulse())
            print(permits.release(2), sync.release_semaphore(permits), sync.wait(permits), permits.wait(0))
            print(timer.set(5, 10), timer.wait(), sync.wait(timer, 100), timer.cancel(), timer.cancel())
            with sync.locked(mutex) as how:
                print(how, sync.wait_multiple((mutex, permits), True), mutex.release(), sync.release_mutex(mutex.handle), mutex.wait())
            with ipc.MessageQueue("jobs", 2, 10) as queue, ipc.MessageQueue.open("jobs") as other:
                print(sync.wait_multiple([event, queue], False, 0), queue.send(b"x", 5), sync.wait_multiple([event, queue]), tuple(other.receive()))
            with ipc.Section("board") as section, ipc.Section.open("board") as other:
                section.map()["text"] = "seen"; print(other.map().text, ipc.map_section(section)["text"])
    """)
    assert lines == [
        "0 0 0 True 258 0", "0 2 0 0", "True 0 0 True False", "0 0 True True 0", "258 True 1 (b'x', 5)", "seen seen",
    ]


def test_a_mutex_is_free_after_its_block_and_its_limit_is_kept(tmp_path: Path) -> None:
    """Also when the block raises; who cannot have it in time is told so; who inherits it from the dead is told so too."""
    lines = output(tmp_path, """
        from axis import sync, thread
        with sync.Mutex() as mutex:
            try:
                with sync.locked(mutex):
                    raise KeyError
            except KeyError:
                print(thread.parallel([lambda: print(mutex.wait(0), mutex.release())]))
            def fail():
                try:
                    with sync.locked(mutex, 5):
                        print("not reached")
                except TimeoutError as error:
                    print(int(error.status))
            with sync.locked(mutex):
                thread.parallel([fail])
            thread.create(mutex.wait).join()
            with sync.locked(mutex) as how:
                print(how == sync.WAIT_ABANDONED)
    """)
    assert lines == ["0 True", "1", "258", "True"]


def test_lines_and_chunks_come_until_the_pipe_ends(tmp_path: Path) -> None:
    """Whatever pieces the bytes arrive in, characters that are split among them too."""
    lines = output(tmp_path, r"""
        from axis import pipe, thread
        text = "one\n\ntwö\r\nlast"
        def feed(writer, size):
            data = text.encode()
            for start in range(0, len(data), size):
                pipe.write(writer, data[start:start + size]); thread.yield_()
            pipe.close_write(writer)
        for size in (1, 3, 100):
            with pipe.create() as (reader, writer):
                thread.create(lambda: feed(writer, size))
                print([*pipe.lines(reader)])
        with pipe.create(4) as (reader, writer):
            thread.create(lambda: feed(writer, 100))
            parts = [*pipe.chunks(reader, 3)]
            print(b"".join(parts) == text.encode(), max(map(len, parts)), [*pipe.lines(reader)])
    """)
    assert lines == [*["['one\\n', '\\n', 'twö\\r\\n', 'last']"] * 3, "True 3 []"]


def test_a_broken_pipe_tells_what_went_in(tmp_path: Path) -> None:
    """The builtin exception has the number of bytes, as the kernel's bare one."""
    lines = output(tmp_path, """
        from axis import pipe, signals, thread
        signals.handle("PIPE", signals.SIG_IGN)
        with pipe.create(8) as (reader, writer):
            thread.create(lambda: (pipe.read(reader, 5), pipe.close_read(reader)))
            try:
                pipe.write(writer, bytearray(100))
            except BrokenPipeError as error:
                print(error.partial, int(error.status))
    """)
    assert lines == ["8 820"]


def test_a_connection_goes_one_way_or_both(tmp_path: Path) -> None:
    """The mode says which, the permissions who may; readers meet the end when the last writer is gone."""
    lines = output(tmp_path, """
        from axis import pipe
        with pipe.create_named("tube", 64, "640") as ends:
            with pipe.connect_named("tube", "w") as into:
                pipe.write(into, "text")
                try:
                    pipe.read(into)
                except PermissionError as error:
                    print(int(error.status))
            with pipe.connect_named("tube", "r") as out:
                pipe.close_write(ends.write)
                print(pipe.read(out, 3), [*pipe.lines(out)])
        try:
            pipe.connect_named("tube")
        except FileNotFoundError as error:
            print(error.filename)
    """)
    assert lines == ["500", "b'tex' ['t']", "tube"]


def test_messages_come_until_none_is_left_or_none_comes(tmp_path: Path) -> None:
    """By priority; 0 takes what is there, a limit waits so long for each."""
    lines = output(tmp_path, """
        from axis import ipc, thread
        with ipc.MessageQueue() as queue:
            for text, priority in (("a", 1), ("b", 9), ("c", 1)):
                queue.send(text, priority)
            print([(message.data, message.priority) for message in queue.messages(0)])
            def send():
                for n in range(3):
                    thread.sleep(0.02); queue.send(str(n))
            thread.create(send)
            print("".join(message.data for message in ipc.messages(queue, 50)))
    """)
    assert lines == ["[('b', 9), ('a', 1), ('c', 1)]", "012"]


def test_signals_are_held_back_for_a_block(tmp_path: Path) -> None:
    """With those that were held back before; afterwards they come. Numbers may be Python's, or names."""
    lines = output(tmp_path, """
        import os, signal
        from axis import signals, thread
        got = []
        for each in ("USR1", signal.SIGUSR2):
            signals.handle(each, got.append)
        signals.mask(["SIGHUP"])
        with signals.masked([signal.SIGUSR1]):
            signals.send(os.getpid(), "usr1"); signals.send(os.getpid(), signals.SIGUSR2); thread.yield_()
            print(got, signals.mask(["HUP", 30]))
        thread.yield_()
        print(got, signals.mask([]), signals.getpgid(os.getpid()) == signals.getpgid())
    """)
    assert lines == ["[31] [1, 30]", "[31, 30] [1] True"]


def test_an_alertable_wait_ends_with_a_handler(tmp_path: Path) -> None:
    """192 where it was asked for; otherwise the wait goes on to its limit."""
    lines = output(tmp_path, """
        import subprocess
        from axis import signals, sync
        signals.handle("CHLD", lambda number: None)
        with sync.Event() as event:
            for call in (lambda: sync.wait(event, 5000, True), lambda: sync.wait_multiple([event], timeout_ms=5000, alertable=True),
                         lambda: event.wait(2000)):
                subprocess.Popen(["true"])
                print(call(), end=" ")
    """)
    assert lines == ["192 192 258 "]


def test_wrong_arguments_are_601_before_anything_happens(tmp_path: Path) -> None:
    """Whichever function they are given to."""
    lines = output(tmp_path, """
        from axis import ipc, pipe, signals, sync, thread
        ran = []
        calls = [lambda: sync.wait_multiple(5), lambda: sync.wait_multiple("abc"), lambda: sync.wait_multiple([]), lambda: sync.wait(None),
                 lambda: sync.wait(sync.create_event(), "x"), lambda: sync.create_event(1), lambda: sync.Semaphore(2, 1),
                 lambda: sync.set_timer(sync.create_timer(), "x"), lambda: thread.create(5), lambda: thread.sleep(-1),
                 lambda: thread.sleep("x"), lambda: thread.sleep(float("nan")), lambda: thread.parallel(5),
                 lambda: thread.parallel([lambda: ran.append(1), 5]), lambda: pipe.create("x"), lambda: pipe.create(0),
                 lambda: pipe.write(pipe.create().write, 5), lambda: pipe.connect_named("x", "q"), lambda: pipe.create_named("x", 5, "rw"),
                 lambda: ipc.create_section(5), lambda: ipc.create_mqueue(None, 0), lambda: ipc.mq_send(ipc.create_mqueue(), 5),
                 lambda: signals.mask(5), lambda: signals.mask(["nope"]), lambda: signals.handle(9, print), lambda: signals.handle(30, 5),
                 lambda: signals.send(1, "nope")]
        for number, call in enumerate(calls):
            try:
                print(number, call())
            except ValueError as error:
                assert int(error.status) == 601, number
        print(len(calls), ran, sync.wait_multiple(5, raising=False), sync.wait(None, raising=False) == sync.WAIT_FAILED)
    """)
    assert lines == ["27 [] -1 True"]


def test_processes_share_what_has_a_name(tmp_path: Path) -> None:
    """A child opens event, mutex and semaphore by name; the names are free when both have closed them."""
    lines = output(tmp_path, """
        import sys
        from axis import sync
        from axis.syscall import spawn, wait
        if len(sys.argv) > 1:
            with sync.Event.open("go") as go, sync.Mutex.open("lock") as lock, sync.Semaphore.open("seats") as seats:
                go.wait()
                with sync.locked(lock):
                    print("child", seats.release(2), flush=True)
        else:
            with sync.Event(True, name="go") as go, sync.Mutex(True, "lock") as lock, sync.Semaphore(0, 5, "seats") as seats:
                child = spawn(sys.argv[0], {"ARGS": ["child"]})
                go.set()
                print("parent", seats.wait(20), flush=True)
                lock.release()
                print("then", seats.wait(), seats.wait(), wait(child))
            for make, open_again in ((sync.create_event, sync.open_event), (sync.create_mutex, sync.open_mutex), (sync.create_semaphore, sync.open_semaphore)):
                try:
                    open_again("go")
                except FileNotFoundError as error:
                    first = make(name="go")
                    try:
                        make(name="go")
                    except FileExistsError as again:
                        print(int(error.status), int(again.status))
    """)
    assert lines == ["parent 258", "child 0", "then 0 0 0", "703 704", "703 704", "703 704"]


def test_killing_a_thread_ends_that_thread(tmp_path: Path) -> None:
    """Whether it computes or sleeps; the program goes on, what was waited for with join is over."""
    lines = output(tmp_path, """
        from axis import sync, thread
        def endless():
            while True:
                pass
        computing, sleeping = thread.create(endless), thread.create(lambda: thread.sleep(1000))
        thread.sleep(0.1)
        print(computing.status() in (thread.READY, thread.RUNNING), sleeping.status() == thread.SLEEPING)
        print(computing.kill(), sleeping.kill(), computing.join(), sleeping.alive(), len(thread.list()))
        try:
            computing.kill()
        except ProcessLookupError as error:
            print(int(error.status))
    """)
    assert lines == ["True True", "True True True False 1", "606"]
