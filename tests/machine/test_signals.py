"""Signals, time limits, and hosts that wait."""

from __future__ import annotations

import os
import threading
import time

import pytest

from axisos.machine import ComponentError

from .conftest import Boot

ECHO = """
while True:
    say(*computer.pull_signal())
"""


def test_a_full_queue_drops_and_counts(boot: Boot) -> None:
    """256 signals fit; the next are refused, counted, and the old ones arrive in order."""
    machine = boot("""
computer.pull_signal()
seen = []
computer.publish(seen)
while True:
    seen.append(computer.pull_signal()[1])
""")
    machine.advance()
    machine.computer.push_signal("go")
    machine.advance()
    accepted = [machine.computer.push_signal("number", n) for n in range(300)]
    assert accepted == [True] * 256 + [False] * 44
    assert machine.dropped_signals == 44 and machine.computer.signals_pending == 256
    machine.run_until_idle()
    assert machine.kernel == list(range(256))


def test_typing_is_never_dropped(boot: Boot) -> None:
    """A long text waits outside the machine until its queue has room."""
    machine = boot("""
text = []
computer.publish(text)
while True:
    signal = computer.pull_signal()
    if signal[0] == "key_down":
        text.append(chr(signal[2]))
""")
    machine.advance()
    story = "once upon a time " * 100
    machine.type(story)
    machine.run_until_idle()
    assert "".join(machine.kernel) == story and machine.dropped_signals == 0


def test_pulling_with_a_time_limit(boot: Boot) -> None:
    """None at the limit, not before; a signal comes at once; limit 0 asks and goes on."""
    machine = boot("""
say(computer.pull_signal(0))
say(computer.pull_signal(2.5), round(computer.uptime(), 2))
say(*computer.pull_signal(1000), round(computer.uptime(), 2))
computer.pull_signal(float("inf"))
""")
    assert machine.advance().deadline == pytest.approx(0.0, abs=1e-3)
    wait = machine.advance()
    assert wait.deadline == pytest.approx(2.5, abs=1e-3) and not wait.halted
    assert machine.advance().deadline == wait.deadline, "too early: it sleeps on"
    machine.run_for(10)
    assert machine.screen.line(2) == "None 2.5"
    machine.computer.push_signal("hello", 1, b"two", None, {"three": 3.0})
    assert machine.advance().deadline is None
    assert machine.screen.line(3) == "hello 1 b'two' None {'three': 3.0} 10.0"


def test_signals_carry_plain_data_only(boot: Boot) -> None:
    """Objects would be shared between the program and its host."""
    machine = boot(ECHO)
    with pytest.raises(ComponentError, match="unsupported data type"):
        machine.computer.push_signal("thing", object())
    with pytest.raises(ComponentError, match="unsupported data type"):
        machine.computer.push_signal("thing", {"nested": [1]})
    assert machine.computer.push_signal("thing", {"nested": {1: b""}})


def test_a_machine_that_is_off_takes_no_signals(boot: Boot) -> None:
    """Neither its queue nor its keyboard."""
    machine = boot(ECHO)
    machine.power_off()
    machine.type("hello")
    assert not machine.computer.push_signal("hello")
    machine.power_on()
    machine.run_until_idle()
    assert machine.screen.text() == ""


def test_post_runs_before_the_next_signal(boot: Boot) -> None:
    """What is posted happens on the machine's thread, before the processor goes on."""
    machine = boot(ECHO)
    machine.advance()
    threads: list[int] = []

    def post() -> None:
        machine.post(lambda: (threads.append(threading.get_ident()), machine.computer.push_signal("posted")))

    helper = threading.Thread(target=post)
    helper.start()
    helper.join()
    machine.run_until("posted")
    assert threads == [threading.get_ident()]


def test_a_real_wait_ends_when_another_thread_signals(boot: Boot) -> None:
    """The host sleeps in the operating system, and is woken: by a signal, by a post, by its own descriptors."""
    machine = boot(ECHO, seed=None)
    wait = machine.advance()
    assert wait.deadline is None
    for rouse in (lambda: machine.computer.push_signal("late"), lambda: machine.post(lambda: None)):
        waits = threading.Event()
        helper = threading.Thread(target=lambda rouse=rouse, waits=waits: (waits.wait(), rouse()))
        helper.start()
        waits.set()
        assert machine.wait(None) == []
        helper.join()
        machine.advance()
    assert machine.screen.line(1) == "late"

    read, write = os.pipe()
    os.write(write, b"x")
    assert machine.wait(None, [read]) == [read]
    machine.computer.push_signal("at once")
    assert machine.wait(None) == []
    os.close(read)
    os.close(write)


def test_a_real_deadline_is_kept(boot: Boot) -> None:
    """Never early; run_until sees a text that appears after a real pause."""
    machine = boot("say(computer.pull_signal(0.02))\nsay('after')\ncomputer.pull_signal()", seed=None)
    began = time.monotonic()
    machine.run_until("after", timeout=10)
    assert time.monotonic() - began >= 0.02


def test_a_signal_from_another_thread_while_run_until_sleeps(boot: Boot) -> None:
    """run_until wakes at once, without waiting for its time limit."""
    machine = boot(ECHO, seed=None)
    machine.advance()
    helper = threading.Thread(target=machine.computer.push_signal, args=("from afar",))
    helper.start()
    machine.run_until("from afar", timeout=30)
    helper.join()


def test_the_kernel_hears_of_signals_at_once(boot: Boot) -> None:
    """`on_signal` is how a kernel learns of input while a program of its own computes."""
    machine = boot("""
heard = []
computer.publish(heard)
computer.on_signal = lambda: heard.append(computer.signals_pending)
computer.pull_signal()
computer.pull_signal()
""")
    machine.advance()
    machine.computer.push_signal("one")
    machine.computer.push_signal("two")
    assert machine.kernel == [1, 2]


def test_a_simulated_wait_jumps(boot: Boot) -> None:
    """A console's loop works on a seeded machine too, without sleeping."""
    machine = boot("say(computer.pull_signal(3600))\ncomputer.pull_signal()")
    wait = machine.advance()
    assert machine.wait(wait.deadline) == []
    machine.advance()
    assert machine.screen.line(1) == "None" and machine.clock.now() >= 3600


def test_the_mouse_and_the_clipboard(boot: Boot) -> None:
    """Touch, drag, drop and scroll name the screen; a paste comes line by line with its line ends."""
    machine = boot("""
while True:
    name, address, *rest = computer.pull_signal()
    say(name, component.type(address), *map(repr, rest))
""")
    machine.click(3, 4)
    machine.drag(1, 1, 5, 6, button=1)
    machine.scroll(2, 2, -1)
    machine.paste("one\ntwo\nthree")
    machine.paste("x" * 1500)
    machine.run_until_idle()
    assert machine.screen.lines()[:8] == [
        "touch screen 3 4 0 'player'",
        "touch screen 1 1 1 'player'",
        "drag screen 5 6 1 'player'",
        "drop screen 5 6 1 'player'",
        "scroll screen 2 2 -1 'player'",
        r"clipboard keyboard 'one\n' 'player'",
        r"clipboard keyboard 'two\n' 'player'",
        "clipboard keyboard 'three' 'player'",
    ]
    assert machine.screen.line(9).startswith("clipboard keyboard 'xxx") and machine.screen.line(10) != ""


def test_a_resized_panel_tells_the_program(boot: Boot) -> None:
    """The new size is there when the signal comes, and may be larger than any board of the game."""
    machine = boot("say(*gpu.getResolution())\ns = computer.pull_signal()\nsay(s[0], *s[2:], gpu.maxResolution())\n"
                   "computer.pull_signal()")  # fmt: skip
    machine.run_until("80 25")
    machine.resize_screen(200, 60)
    machine.run_until("screen_resized 200 60 (200, 60)")
    assert machine.screen.size == (200, 60)
