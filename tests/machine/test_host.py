"""The host port: input, output with back-pressure, and the end of the job."""

from __future__ import annotations

from .conftest import Boot

COPY = """
host = component.proxy(next(iter(component.list("host"))))
say(host.job())
data = b""
def put(stream, data):
    while data:
        data = data[host.write(stream, data):]
        if data:
            while computer.pull_signal()[0] != "host_space":
                pass
while True:
    data = host.read(100)
    if data is None:
        break
    if data:
        put(1, data)
        put(2, b"%d\\n" % len(data))
    else:
        say("waiting")
        while computer.pull_signal()[0] != "host_input":
            pass
host.finish(3, "done")
computer.pull_signal()
"""


def test_a_job_copies_its_input(boot: Boot) -> None:
    """Bytes go in and out unchanged, the end is seen, the result is there."""
    machine = boot(COPY, job={"argv": ["/bin/cat"]})
    port = machine.host_port
    assert port is not None and port.result is None
    machine.run_until("waiting")
    assert "/bin/cat" in machine.screen.line(1)
    port.feed(bytes(range(256)))
    machine.run_until_idle()
    assert port.take(1) == bytes(range(256)) and port.take(2) == b"100\n100\n56\n" and port.take(1) == b""
    port.feed(b"more")
    port.feed_eof()
    machine.run_until(lambda: port.result)
    assert port.result == (3, "done") and port.take(1) == b"more"


def test_nobody_takes_the_output(boot: Boot) -> None:
    """The job waits when 64 KiB are full, and goes on when there is room; nothing is lost."""
    machine = boot(COPY, job={})
    port = machine.host_port
    assert port is not None
    story = bytes(range(256)) * 1000
    port.feed(story)
    port.feed_eof()
    assert not port.wants_input
    machine.run_until_idle()
    assert port.result is None and port.pending(1) == 65536
    taken = b""
    while port.result is None:
        taken += port.take(1)
        port.take(2)
        machine.run_until_idle()
    assert taken + port.take(1) == story


def test_a_signal_to_the_host_port_is_never_dropped(boot: Boot) -> None:
    """Not even when the machine's queue is full of others."""
    machine = boot(COPY, job={})
    port = machine.host_port
    assert port is not None
    machine.run_until("waiting")
    while machine.computer.push_signal("noise"):
        pass
    port.feed_eof()
    machine.run_until(lambda: port.result)
    assert machine.dropped_signals == 1


def test_small_print(boot: Boot) -> None:
    """Wrong streams are refused, exit codes fit a byte, input after the end is the host's mistake."""
    import pytest

    from axisos.machine import ComponentError

    machine = boot("computer.pull_signal()", job={})
    machine.advance()
    port = machine.host_port
    assert port is not None
    board = machine.bus.proxy(next(iter(machine.bus.list("host"))))
    with pytest.raises(ComponentError, match="stream 1 or 2"):
        board.write(3, b"")
    assert board.read(0) == b"" and board.write(1, b"") == 0
    board.finish(-1)
    assert port.result == (255, None)
    port.feed_eof()
    port.feed_eof()
    with pytest.raises(ValueError, match="after its end"):
        port.feed(b"late")
    assert board.read(1) is None
