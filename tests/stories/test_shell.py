"""The shell on a whole machine: real processes, pipes, signals and a terminal between them and the person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from axisos import Machine

LOOP = "while true; do :; done"


class Person:
    """Somebody at the terminal."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def log_in(self, user: str = "guest", password: str | None = None) -> None:
        self.machine.run_until("login:")
        self.machine.type(f"{user}\n")
        self.machine.run_until("Password:")
        self.machine.type(f"{password or user}\n")
        self.machine.run_until(f"{user}@")
        self.settle()

    def settle(self) -> None:
        self.machine.run_until_idle(timeout=30)

    def screen(self) -> str:
        return str(self.machine.screen.text())

    def prompt_is_back(self) -> bool:
        lines = self.screen().rstrip().split("\n")
        return lines[-1].rstrip().endswith(("$", "#")) and "@" in lines[-1]

    def clear(self) -> None:
        """Ctrl+L: the prompt goes to the top, and no command is run for it."""
        self.machine.press("ctrl+l")
        self.settle()

    def run(self, line: str) -> str:
        """Clear the screen, run a line; what stands between it and the next prompt."""
        self.clear()
        self.machine.type(line + "\n")
        self.settle()
        assert self.prompt_is_back(), self.screen()
        shown = self.screen().rstrip().split("\n")
        first = next(number for number, text in enumerate(shown) if "@" in text) + 1
        return "\n".join(text.rstrip() for text in shown[first:-1]).rstrip("\n")

    def start(self, line: str, seconds: float = 0.3) -> None:
        """Run a line that does not end by itself."""
        self.clear()
        self.machine.type(line + "\n")
        self.machine.run_for(seconds)

    def press(self, key: str) -> None:
        self.machine.press(key)
        self.machine.run_for(0.3)

    def processes(self) -> list[str]:
        """The images of ring 3."""
        threads = self.machine.kernel.processes.threads.values()
        return sorted(thread.process.image for thread in threads if thread.process.ring > 2)


@pytest.fixture
def person() -> Iterator[Person]:
    """A guest who has just logged in."""
    with Machine(seed=7) as machine:
        machine.power_on()
        someone = Person(machine)
        someone.log_in()
        yield someone


def test_acceptance_of_the_spec(person: Person) -> None:
    """Spec 03 §13, story 14: pipes, files, lists, quotes, exported variables."""
    person.run("mkdir d; touch d/axe d/box d/cab")
    assert person.run("ls d | grep x > f; cat < f") == "axe\nbox"
    assert person.run("false || echo y; true && echo z") == "y\nz"
    assert person.run("echo '>' \"|\" \\; 'a  b'") == "> | ; a  b"
    assert person.run("export COLOUR=red; printenv COLOUR") == "red"
    assert person.run("HIDDEN=1; printenv HIDDEN; echo $?") == "1"
    assert person.run("printenv USER UID") == "guest\n1000"


def test_all_stages_of_a_pipeline_run_at_once(person: Person) -> None:
    """An endless producer ends because its reader does, by SIGPIPE; nothing is left behind."""
    assert person.run("yes | head -n 2; echo $?") == "y\ny\n0"
    assert person.run("seq 1 20000 | tail -n 1") == "20000"
    assert person.run("while true; do echo loop; done | head -n 1") == "loop"
    assert person.run("set -o pipefail; yes | head -n 1 >/dev/null; echo $?") == "141"
    assert person.processes() == ["/bin/init.py", "/bin/sh.py"]


def test_ctrl_c_reaches_the_foreground_only(person: Person) -> None:
    """The command in front ends, the background job and the shell live on; the rest of the line is dropped."""
    person.start(f"sh -c '{LOOP}' & sleep 100; echo not reached")
    person.press("ctrl+c")
    assert person.screen().count("not reached") == 1  # in the line itself
    assert person.prompt_is_back()
    assert person.processes() == ["/bin/init.py", "/bin/sh.py", "/bin/sh.py"]
    person.machine.type("kill %1; wait; echo over $?\n")
    person.machine.run_until("over 0")
    person.settle()
    assert person.processes() == ["/bin/init.py", "/bin/sh.py"]


def test_ctrl_c_ends_a_loop_of_the_shell_itself(person: Person) -> None:
    """The status is that of a program which SIGINT ended."""
    person.start(LOOP)
    assert not person.prompt_is_back()
    person.press("ctrl+c")
    assert person.prompt_is_back()
    assert person.run("echo $?") == "130"


def test_ctrl_c_at_the_prompt_drops_the_line(person: Person) -> None:
    """It is shown once, and nothing of the line is run."""
    person.machine.type("echo half")
    person.press("ctrl+c")
    assert person.screen().count("^C") == 1
    assert person.run("echo whole") == "whole"


def test_a_job_from_ctrl_z_to_its_end(person: Person) -> None:
    """Stopped, listed, continued in the background, brought to the front, interrupted."""
    person.start("sleep 100 | cat")
    person.press("ctrl+z")
    assert "[1]+  Stopped" in person.screen()
    assert "Stopped" in person.run("jobs")
    assert person.run("bg").startswith("[1]+ sleep 100 | cat &")
    assert "Running" in person.run("jobs")
    person.start("fg")
    assert not person.prompt_is_back()
    person.press("ctrl+c")
    assert person.prompt_is_back()
    assert person.run("jobs") == ""


def test_a_job_that_ends_is_reported_at_the_next_prompt(person: Person) -> None:
    """Once; it is no job any more."""
    assert person.run("sleep 1 &").startswith("[1] ")
    person.machine.run_for(1.5)
    person.machine.type("\n")
    person.settle()
    assert "[1]+  Done" in person.screen()
    assert person.run("jobs") == ""


def test_waiting_can_be_interrupted(person: Person) -> None:
    """The job that was waited for goes on."""
    person.start("sleep 100 & wait")
    assert not person.prompt_is_back()
    person.press("ctrl+c")
    assert person.prompt_is_back()
    assert "sleep 100" in person.run("jobs")


def test_a_stopped_substitution_goes_on(person: Person) -> None:
    """What stands in $( ) cannot be put aside: Ctrl+Z does nothing to it, Ctrl+C ends it."""
    person.start("echo $(sleep 100)")
    person.press("ctrl+z")
    assert not person.prompt_is_back()
    person.press("ctrl+c")
    assert person.prompt_is_back()


def test_leaving_with_stopped_jobs_takes_two_tries(person: Person) -> None:
    """The second one ends them all."""
    person.start("sleep 100")
    person.press("ctrl+z")
    assert person.run("exit") == "there are stopped jobs"
    person.machine.type("exit\n")
    person.machine.run_until("login:")
    assert person.processes() == ["/bin/init.py"]


def test_a_background_program_does_not_take_the_keys(person: Person) -> None:
    """It reads an end of file at once."""
    person.run("cat &")
    assert person.run("echo mine").startswith("mine")
    assert "cat" not in " ".join(person.processes())


def test_typing_for_a_program_and_ctrl_d(person: Person) -> None:
    """A program in front reads lines with the terminal's own editing, to Ctrl+D."""
    person.start("cat | tr a-z A-Z")
    person.machine.type("hello\n")
    person.press("ctrl+d")
    assert "HELLO" in person.screen()
    assert person.prompt_is_back()


def test_history_outlives_the_session(person: Person) -> None:
    """Up finds the last line, also after logging in again."""
    person.run("echo first")
    person.run("echo second")
    for found in ("echo second", "echo first"):
        person.machine.press("up")
        person.settle()
        assert person.screen().rstrip().endswith(found)
    person.press("ctrl+c")
    person.machine.type("exit\n")
    person.machine.run_until("login:")
    person.log_in()
    assert "echo first" in person.run("history")


def test_tab_completes_commands_and_files(person: Person) -> None:
    """As far as there is one way to go on."""
    person.run("mkdir deep; touch deep/only-one")
    person.clear()
    person.machine.type("ech\tcd; cat d\to\t")
    person.settle()
    assert person.screen().rstrip().endswith("echo cd; cat deep/only-one")
    person.press("ctrl+c")


def test_ctrl_r_searches(person: Person) -> None:
    """What is found is shown, and Enter runs it."""
    person.run("echo needle")
    person.run("true")
    person.machine.press("ctrl+r")
    person.settle()
    person.machine.type("need")
    person.settle()
    assert "(search 'need'): echo needle" in person.screen()
    person.machine.type("\n")
    person.settle()
    assert person.screen().rstrip().split("\n")[-3].strip() == "needle"


def test_lines_that_go_on(person: Person) -> None:
    """The second prompt waits for the end of the form."""
    person.clear()
    person.machine.type("for i in a b\ndo echo $i$i\n")
    person.settle()
    assert person.screen().rstrip().endswith(">")
    person.machine.type("done\n")
    person.settle()
    assert "aa\nbb" in "\n".join(line.rstrip() for line in person.screen().split("\n"))
    assert "for i in a b; do echo" in person.run("history 3")


def test_scripts_and_their_rights(person: Person) -> None:
    """A first line names the shell, arguments and status get through, 126 and 127 tell what is wrong."""
    person.run("echo '#!/bin/sh.py' > tool; echo 'echo $0 $1 $#; exit 5' >> tool")
    assert person.run("./tool a b; echo $?").endswith("Permission denied\n126")
    person.run("chmod 755 tool")
    assert person.run("./tool a b; echo $?") == "/home/guest/tool a 2\n5"
    assert person.run("sh tool x; echo $?") == "tool x 1\n5"
    assert person.run("nosuch; echo $?") == "sh: nosuch: command not found\n127"


def test_a_python_program_and_its_status(person: Person) -> None:
    """It gets its arguments; of a pipeline the last status counts."""
    person.run("echo 'import sys; print(sys.argv[1:]); sys.exit(3)' > p.py; chmod 755 p.py")
    assert person.run("./p.py 'a b' c; echo $?") == "['a b', 'c']\n3"
    assert person.run("./p x | cat; echo $?") == "['x']\n0"


def test_no_program_sees_a_variable_as_a_right(person: Person) -> None:
    """Whoever sets UID=0 is still who the kernel says."""
    assert "uid=1000" in person.run("UID=0 id")


def test_wrong_password_then_right(person: Person) -> None:
    """The answer comes two seconds late, the prompt comes again, nothing of the password is shown."""
    machine = person.machine
    machine.type("exit\n")
    machine.run_until("login:")
    before = machine.computer.uptime()
    machine.type("guest\nwrong\n")
    machine.run_until("Login incorrect")
    assert machine.computer.uptime() - before >= 2
    assert "wrong" not in machine.screen.text()
    machine.type("guest\nguest\n")
    machine.run_until("guest@")


def test_su_and_back(person: Person) -> None:
    """To root: ring 2.5 and the sign for it; back: what one was."""
    machine = person.machine
    machine.type("su\n")
    machine.run_until("Password:")
    machine.type("root\n")
    machine.run_until("root@")
    person.settle()
    assert "uid=0" in person.run("id")
    rings = {line.split()[-1]: line.split()[2] for line in person.run("ps").splitlines() if "/" in line}
    assert rings["/usr/commands/su.py"] == "2.5" and rings["/usr/commands/ps.py"] == "3"
    assert person.screen().rstrip().endswith("#")
    assert person.run("su -c 'id; exit 4' guest; echo $?").endswith("4")
    person.start("sleep 100")
    person.press("ctrl+c")
    assert person.prompt_is_back()
    machine.type("exit\n")
    person.settle()
    assert "uid=1000" in person.run("id")
    person.start("sleep 100")
    person.press("ctrl+c")
    assert person.prompt_is_back()


def test_su_with_a_wrong_password(person: Person) -> None:
    """The user stays who it was."""
    person.machine.type("su\n")
    person.machine.run_until("Password:")
    person.machine.type("wrong\n")
    person.machine.run_until("su: ")
    person.settle()
    assert "uid=1000" in person.run("id")


def test_a_new_password_holds_from_the_next_login_on(person: Person) -> None:
    """Too short and differing ones are refused; the banner forgets the account."""
    machine = person.machine
    for answers, message in (
        (("guest", "short", ""), "too short"), (("guest", "long enough", "long enouhg"), "differ"),
        (("guest", "long enough", "long enough"), "was changed"),
    ):
        person.clear()
        machine.type("passwd\n")
        for answer in answers:
            machine.run_for(0.2)
            machine.type(answer + "\n")
        machine.run_until(message)
        person.settle()
    machine.type("exit\n")
    machine.run_until("login:")
    assert "root/root" in machine.screen.text() and "guest/guest" not in machine.screen.text()
    person.log_in("guest", "long enough")


def test_ctrl_d_logs_out_and_the_prompt_comes_back(person: Person) -> None:
    """As often as one likes, and no shell is left behind."""
    for _ in range(3):
        person.press("ctrl+d")
        person.machine.run_until("login:")
        person.log_in()
    assert person.processes() == ["/bin/init.py", "/bin/sh.py"]


def test_the_shell_leaks_no_handles(person: Person) -> None:
    """After many pipelines, redirections and substitutions it holds what it held before."""
    shell = max(person.machine.kernel.processes.threads)
    table = person.machine.kernel.processes.threads[shell].process.handles
    person.run("echo a | cat >f; x=$(cat f); cat <<<$x | cat")
    before = len(table.entries)
    for _ in range(3):
        person.run("echo a | cat >f; x=$(cat f | cat); cat <<<$x | cat; (cat f) >g 2>&1")
        person.run("{ cat f; } | cat; cat nofile 2>/dev/null; nosuch; cat </none; f() { cat f; }; f | cat >g")
    assert len(table.entries) == before


def test_too_deep_is_an_error_and_not_an_end(person: Person) -> None:
    """Endless recursion of any kind leads back to the prompt."""
    assert "more than 100 functions deep" in person.run("f() { f; }; f")
    assert "deep" in person.run("g() { if true; then { ( eval g ); }; fi; }; g")
    assert "deep" in person.run("h() { x=$(h); }; h")
    assert person.run("echo on") == "on"


def test_bytes_and_letters_of_all_kinds_go_through(person: Person) -> None:
    """Characters of several bytes, and bytes that are no text."""
    assert person.run("echo 'grüße, 世界' | cat") == "grüße, 世界"
    assert person.run("x=$(printf '\\377\\376'); printf '%s' \"$x\" | wc -c").strip() == "2"


def test_more_than_a_pipe_holds(person: Person) -> None:
    """Builtins, substitutions and here-documents of 200,000 bytes."""
    assert person.run("x=$(seq 1 30000); echo ${#x}") == "168893"
    assert person.run("echo $x | wc -c; cat <<< $x | wc -c").split() == ["168894", "168894"]
    assert person.run("echo $x | head -c 5; echo; echo $x | true; echo $?") == "1 2 3\n0"


def test_the_login_prompt_takes_whatever_is_typed() -> None:
    """Empty names, Ctrl+C, Ctrl+D and nonsense lead back to the prompt; the account works all the same."""
    with Machine(seed=7) as machine:
        machine.power_on()
        machine.run_until("login:")
        for key in ("ctrl+c", "ctrl+d", "ctrl+z", "tab"):
            machine.press(key)
            machine.run_until_idle()
        machine.type("\n  \n")
        machine.run_until_idle()
        machine.type("no such user \x1b[A\nx\n")
        machine.run_until("Login incorrect", timeout=10)
        Person(machine).log_in()


def test_init_outlives_its_terminal() -> None:
    """The terminal's driver dies under a login prompt: init says so once and goes on trying."""
    log: list[str] = []
    with Machine(seed=7, verbose_log=log.append) as machine:
        machine.power_on()
        machine.run_until("login:")
        person = Person(machine)
        processes = machine.kernel.processes
        driver = next(
            thread.process for thread in processes.threads.values() if thread.process.image == "/drivers/tty.sys.py"
        )
        processes.terminate(driver, 1, "a test")
        machine.run_for(60)
        assert "/bin/init.py" in person.processes()
        assert 1 <= sum("init:" in line for line in log) <= 3


def test_a_locked_account_says_when_to_try_again() -> None:
    """After five wrong passwords; half a minute later the right one lets in."""
    with Machine(seed=7) as machine:
        machine.power_on()
        machine.run_until("login:")
        for _ in range(5):
            machine.type("guest\nwrong\n")
            machine.run_for(2.5)
        machine.type("guest\nguest\n")
        machine.run_until("try again in")
        machine.run_for(31)
        Person(machine).log_in()
