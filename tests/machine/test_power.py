"""The life of a machine: on, off, crashed, rebooted, and nothing left behind."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading

import greenlet
import pytest

from axisos.machine import Machine, MachineStopped

from .conftest import Boot

IDLE = "while True: computer.pull_signal()"


def suspended_greenlets() -> int:
    """How many greenlets of this host process have begun and not ended."""
    gc.collect()
    everything = gc.get_objects()  # among it what is left of programs: `isinstance` would ask that for its `__class__`
    return sum(1 for one in everything if type(one) is greenlet.greenlet and one)  # true in between


def test_a_program_waits_for_ever_until_the_power_goes(boot: Boot) -> None:
    """It is told by an exception that passes through its clean-up, and has ended when power_off returns."""
    machine = boot("""
ended = []
computer.publish(ended)
try:
    say("ready")
    computer.pull_signal()
finally:
    ended.append("cleaned up")
""")
    machine.run_until("ready")
    ended = machine.kernel
    assert machine.state == "running" and ended == []

    machine.power_off()
    assert ended == ["cleaned up"] and machine.state == "stopped"
    machine.power_off()
    assert machine.advance().halted


def test_a_program_that_refuses_to_end_is_asked_again(boot: Boot) -> None:
    """Swallowing the end once does not help: the next pull_signal raises it again."""
    machine = boot("""
computer.publish([])
for _ in range(3):
    try:
        computer.pull_signal()
    except BaseException as error:
        computer.kernel.append(type(error).__name__)
""")
    machine.advance()
    machine.power_off()
    assert machine.kernel == ["MachineStopped"] * 3


def test_no_greenlet_outlives_the_power(boot: Boot) -> None:
    """The kernel's hook ends its processes, from inside the processor, before power_off returns."""
    before = suspended_greenlets()
    machine = boot("""
import greenlet
class Kernel:
    def __init__(self):
        self.cpu = greenlet.getcurrent()
        self.ended = []
        self.processes = [greenlet.greenlet(self.process) for _ in range(3)]
    def process(self, number):
        try:
            self.cpu.switch()
        finally:
            self.ended.append((number, greenlet.getcurrent().parent is self.cpu))
    def power_off_hook(self):
        assert greenlet.getcurrent() is self.cpu
        for process in self.processes:
            process.throw()
kernel = Kernel()
computer.publish(kernel)
for number, process in enumerate(kernel.processes):
    process.switch(number)
while True:
    computer.pull_signal()
""")
    machine.advance()
    kernel = machine.kernel
    assert kernel.ended == []

    machine.power_off()
    assert kernel.ended == [(0, True), (1, True), (2, True)]
    assert kernel.cpu.dead and all(process.dead for process in kernel.processes)
    assert suspended_greenlets() == before


def test_a_process_pulls_the_signal_and_the_power_goes(boot: Boot) -> None:
    """The machine goes on where pull_signal was called, and ends that greenlet too, without any hook."""
    machine = boot("""
import greenlet
cpu = greenlet.getcurrent()
ended = []
computer.publish(ended)
def process():
    try:
        while True:
            say(computer.pull_signal()[0])
    finally:
        ended.append("process")
greenlet.greenlet(process).switch()
""")
    machine.advance()
    machine.computer.push_signal("one")
    machine.run_until("one")
    machine.power_off()
    assert machine.kernel == ["process"]


@pytest.mark.parametrize("where", ["the processor", "a process"])
def test_a_program_switches_the_machine_off(boot: Boot, where: str) -> None:
    """Shutdown never returns, whoever calls it."""
    call = "computer.shutdown()" if where == "the processor" else "greenlet.greenlet(computer.shutdown).switch()"
    machine = boot(f"import greenlet\nsay('going')\n{call}\nsay('still here')")
    assert machine.advance().halted
    assert (machine.state, machine.last_error) == ("stopped", None)
    assert machine.screen.text() == "going"
    assert machine.advance().halted


def test_a_reboot_begins_anew_but_keeps_the_disks(boot: Boot) -> None:
    """Time, signals and screen begin again; files and the EEPROM's data area stay."""
    machine = boot("""
eeprom = component.proxy(next(iter(component.list("eeprom"))))
starts = eeprom.getData() + b"I"
eeprom.setData(starts)
say(len(starts), "at", round(computer.uptime(), 3))
if len(starts) < 3:
    computer.push_signal("left over")
    computer.pull_signal(5.0)
    computer.pull_signal(5.0)
    computer.shutdown(True)
say(computer.pull_signal(1.0))
computer.pull_signal()
""")
    machine.run_until("None")
    assert machine.screen.lines()[:2] == ["3 at 0.0", "None"]
    machine.run_until_idle()
    assert machine.clock.now() < 2.0 < 10.0 < machine.clock.lifetime_ns() / 1e9


def test_a_crash_is_kept_and_shown(boot: Boot) -> None:
    """The machine halts; the message is on a blue screen, with the traceback for people who develop."""
    machine = boot("say('before')\n1 / 0")
    assert machine.advance().halted
    assert machine.state == "halted"
    assert machine.last_error == "ZeroDivisionError: division by zero"
    assert "Unrecoverable error" in machine.screen.text() and "division by zero" in machine.screen.text()
    assert machine.screen.cell(1, 1)[2] == 0x0000FF
    with pytest.raises(TimeoutError, match=r"halted: ZeroDivisionError(.|\n)*<eeprom>"):
        machine.run_until("login:")
    machine.power_off()
    assert machine.state == "stopped"


@pytest.mark.parametrize(
    ("program", "error"), [("", "no bios found; install a configured EEPROM"), ("x = 1", "computer halted")]
)
def test_a_program_that_is_missing_or_ends(boot: Boot, program: str, error: str) -> None:
    """Both stop the machine with the game's own words."""
    machine = boot(program, preamble=False)
    machine.advance()
    assert (machine.state, machine.last_error) == ("halted", error)


def test_an_interrupt_by_the_user_reaches_the_host(boot: Boot) -> None:
    """Ctrl+C of the host is no affair of the machine: it comes out of advance, and the machine is off."""
    machine = boot("raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        machine.advance()
    assert machine.state == "halted" and machine.advance().halted


def test_an_error_in_the_hook_does_not_keep_it_on(boot: Boot) -> None:
    """It is told, and the machine is off."""
    machine = boot("""
class Kernel:
    def power_off_hook(self):
        raise ValueError("stuck")
computer.publish(Kernel())
computer.pull_signal()
""")
    machine.advance()
    machine.power_off()
    assert machine.state == "stopped" and machine.last_error == "while switching off: ValueError: stuck"


def test_machines_do_not_know_of_each_other(boot: Boot) -> None:
    """Two of them, let go on in turns, keep their screens, clocks and signals apart."""
    program = """
for count in range(3):
    say(count, computer.pull_signal(1.0), computer.uptime() >= count + 1)
computer.pull_signal()
"""
    one, other = boot(program), boot(program)
    one.advance()
    other.advance()
    one.computer.push_signal("only for one")
    one.run_until_idle()
    other.run_for(1.5)
    assert one.screen.lines()[:3] == ["0 ('only for one',) False", "", ""]
    assert other.screen.lines()[:3] == ["0 None True", "", ""]
    one.run_for(10)
    assert one.screen.line(3) == "2 None False" and other.screen.line(3) == ""


def test_a_thousand_machines_come_and_go() -> None:
    """A machine is a value: nothing of it stays."""
    before = suspended_greenlets()
    threads, descriptors = threading.active_count(), len(os.listdir("/proc/self/fd"))
    for number in range(1000):
        with Machine(seed=number, rom="component.list()\ncomputer.pull_signal()", cache=False) as machine:
            machine.power_on()
            machine.advance()
    assert threading.active_count() == threads
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert suspended_greenlets() == before


def test_it_belongs_to_its_thread(boot: Boot) -> None:
    """Another thread is refused, in words, and the machine goes on."""
    machine = boot(IDLE)
    machine.advance()
    machine.computer.push_signal("work")
    errors = []

    def meddle() -> None:
        try:
            machine.advance()
        except RuntimeError as error:
            errors.append(str(error))

    thread = threading.Thread(target=meddle)
    thread.start()
    thread.join()
    assert errors and "thread" in errors[0]
    machine.run_until_idle()
    assert machine.computer.signals_pending == 0


def test_the_power_switch_says_no(boot: Boot) -> None:
    """Switching on twice is an error; switching on after off is a new run."""
    machine = boot("say(computer.address())\n" + IDLE)
    with pytest.raises(RuntimeError, match="on already"):
        machine.power_on()
    machine.run_until_idle()
    before = machine.screen.line(1)
    machine.power_off()
    machine.power_on()
    assert machine.screen.text() == ""
    machine.run_until_idle()
    assert machine.screen.line(1) == before == machine.computer.address()


def test_a_seeded_machine_needs_fixed_hashes() -> None:
    """With random hashes it refuses to start, and says what to do."""
    script = (
        "from axisos import Machine\ntry: Machine(seed=1, rom='x=1').power_on()\nexcept RuntimeError as e: print(e)"
    )
    source = os.path.join(os.path.dirname(__file__), "..", "..", "src")
    environment = {**os.environ, "PYTHONHASHSEED": "random", "PYTHONPATH": source}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert "PYTHONHASHSEED=0" in done.stdout


def test_same_seed_same_machine(boot: Boot) -> None:
    """Addresses, randomness and calendar follow from the seed; another seed gives others."""
    program = "say(computer.address(), computer.entropy.token_hex(4), computer.real_time())\ncomputer.pull_signal()"
    texts = []
    for seed in (1, 1, 2):
        machine = boot(program, seed=seed)
        machine.run_until_idle()
        texts.append(machine.screen.text())
    assert texts[0] == texts[1] != texts[2]


def test_unseeded_addresses_stay_the_same(boot: Boot) -> None:
    """They follow from the disk, so NVRAM can name them over host processes."""
    one, other = boot(IDLE, seed=None), boot(IDLE, seed=None)
    assert one.bus.list() == other.bus.list()
    assert all(len(address) == 36 and address.lower() == address for address in one.bus.list())


def test_what_waits_for_nothing_is_told_so(boot: Boot) -> None:
    """A seeded machine that sleeps for ever is found out at once; one that only polls, by machine time."""
    machine = boot("say('asleep')\n" + IDLE)
    with pytest.raises(TimeoutError, match=r"sleeps for ever(.|\n)*asleep"):
        machine.run_until("awake", timeout=1e9)
    poller = boot("while True: computer.pull_signal(0)")
    with pytest.raises(TimeoutError, match="the time is over"):
        poller.run_until("awake", timeout=0.5)
    assert 0.5 <= poller.clock.now() < 0.51


def test_options_that_make_no_sense() -> None:
    """Are refused with the values that would."""
    with pytest.raises(ValueError, match='"free" or "oc"'):
        Machine(timing="slow")
    with pytest.raises(ValueError, match='"full" or "bare"'):
        Machine(profile="tiny")
    with pytest.raises(NotADirectoryError, match="/nowhere"):
        Machine("/nowhere")


def test_stopping_is_not_an_ordinary_error() -> None:
    """Programs that catch Exception do not catch it."""
    assert not issubclass(MachineStopped, Exception)
