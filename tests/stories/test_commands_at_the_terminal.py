"""A user at the terminal: commands write in colour there, wait for the keyboard, and stop when told to."""

from __future__ import annotations

from axisos.machine.machine import Machine


def at_the_prompt(machine: Machine) -> None:
    """Log in as guest."""
    machine.power_on()
    machine.run_until("login:")
    machine.type("guest\n")
    machine.run_until("Password")
    machine.type("guest\n")
    machine.run_until("guest@")


def last_lines(machine: Machine, count: int) -> list[str]:
    return [line.rstrip() for line in machine.screen.lines() if line.strip()][-count:]


def test_names_have_colours_on_a_terminal(machine: Machine) -> None:
    """Directories are blue in `ls`, matches red in `grep`; NO_COLOR turns that off."""
    at_the_prompt(machine)
    machine.type("clear; mkdir dd; echo abc > t; ls; grep b t; NO_COLOR=1 ls\n")
    machine.run_until_idle()
    cells = {}
    for y, line in enumerate(machine.screen.lines(), 1):
        for name in ("dd/", "abc"):
            if line.startswith(name):
                cells.setdefault(name, []).append([machine.screen.cell(x, y)[1] for x in (1, 2)])
    assert cells["dd/"] == [[0x0000FF, 0x0000FF], [0xFFFFFF, 0xFFFFFF]]
    assert cells["abc"] == [[0xFFFFFF, 0xFF0000]]


def test_cat_repeats_what_is_typed_until_the_end(machine: Machine) -> None:
    """Each line comes back at once; Ctrl+D ends the input; Ctrl+C ends a command that would not."""
    at_the_prompt(machine)
    machine.type("clear; cat; echo done $?\n")
    machine.run_until_idle()
    machine.type("hello\n")
    machine.run_until_idle()
    assert "\n".join(last_lines(machine, 9)).count("hello") == 2
    machine.press("ctrl+d")
    machine.run_until("done 0")
    machine.type("clear; yes > /dev/host_nothing; sleep 1000\n")
    machine.run_until_idle()
    machine.press("ctrl+c")
    machine.run_until_idle()
    machine.type("echo still $((40 + 2)) here\n")
    machine.run_until("still 42 here")


def test_a_program_asks_and_is_answered(machine: Machine) -> None:
    """input, print and sys.stdout keep their order; getpass does not show what is typed."""
    at_the_prompt(machine)
    program = (
        "import sys, getpass; sys.stdout.write(\"name? \"); n = input(); p = getpass.getpass(\"word? \");"
        " print(f\"<{n}|{p[::-1]}>\")"
    )
    machine.type(f"clear; echo '{program}' > p.py; chmod 755 p.py; ./p.py\n")
    machine.run_until("name?")
    machine.type("ann\n")
    machine.run_until("word?")
    machine.type("secret\n")
    machine.run_until("<ann|terces>")
    assert "secret" not in machine.screen.text()


def test_a_deadlock_is_seen_and_ended(machine: Machine) -> None:
    """Two programs of one's own wait for each other for ever: `ipcs -w` names them, and a kill lets the other go on."""
    at_the_prompt(machine)
    program = [
        'import sys, time',
        'for name in sys.argv[1:]: syscall("ke_wait_single", syscall("ke_open_mutex", name)); time.sleep(1)',
        'print(sys.argv[1], "and", sys.argv[2])',
    ]
    hold = 'import time; [syscall("ke_create_mutex", False, n) for n in ("fork", "knife")]; time.sleep(1000)'
    machine.type(f"clear; echo '{hold}' > hold.py; python hold.py &\n")
    for line in program:
        machine.type(f"echo '{line}' >> eat.py\n")
    machine.type("python eat.py fork knife & a=$!\n")
    machine.type("python eat.py knife fork &\n")
    machine.type("clear; sleep 3; ipcs -w > w; echo status $?; grep deadlock w\n")
    machine.run_until("status 1")
    machine.run_until("deadlock: ")
    first, second, again = last_lines(machine, 2)[0].removeprefix("deadlock: ").split(" -> ")
    assert first == again != second
    machine.type("clear; kill $a; sleep 2; ipcs -w\n")
    machine.run_until("knife and fork")
    machine.run_until("nobody waits for another program")
