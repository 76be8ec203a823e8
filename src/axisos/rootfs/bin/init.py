"""The first program of ring 3: shows who is there, asks for a name and a password, starts that user's shell.

Called by   PM, once, after the drivers are up (boot argument `init` names another one).
Owns        the terminal while nobody is logged in.
Always so   it never ends: a failure of the terminal, of the logon service or of a shell leads back to the prompt. It
            knows no passwords and decides nothing: the logon service does, and the kernel gives the shell its rights.
"""

from __future__ import annotations

from abi.signals import SIG_IGN, SIGHUP, SIGINT, SIGQUIT, SIGTSTP
from abi.status import Status, StatusError
from axis.shell.system import System, decode
from axis.shell.terminal import PATH as TTY
from axis.shell.terminal import Terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from axis.guest import syscall

UNCAUGHT, AT_ONCE_S = 1, 1.0  # exit status of a program with an uncaught error; a shell that ends this soon is broken
FIRST_RETRY_MS, LAST_RETRY_MS = 250, 8_000
BOLD, GREEN, YELLOW, PLAIN = "\x1b[1m", "\x1b[32m", "\x1b[33m", "\x1b[0m"
LOGO = (
    r"    _        _     ___  ___",
    r"   /_\  __ _(_)___/ _ \/ __|",
    r"  / _ \ \ \ / (_-< (_) \__ \ ",
    r" /_/ \_\/_\_\_/__/\___/|___/",
)
# The salts of the passwords on a fresh disk: as long as one is there, that password has not been changed.
FRESH_PASSWORDS = {
    "root": "6Yy3qwatrVu91ZW7JE/O3w==", "guest": "L/+htxqcU1+VC/4tW3foDw==", "dev": "LfdRdZ0zpdZkeU+zA03BRQ==",
}


class Login:
    """The prompt, over and over."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._host = "".join((self._file("/etc/hostname") or "").split()) or "localhost"
        self._terminal = Terminal(system)
        self._input = system.open(TTY, "r")
        self._output = system.open(TTY, "w")
        self._group = int(system.info()["pgid"])

    def close(self) -> None:
        """Give the terminal back, before another try to open it."""
        self._terminal.close()
        for handle in (self._input, self._output):
            self._system.close(handle)

    def _file(self, path: str) -> str | None:
        """A small file's text, None if it cannot be read."""
        try:
            handle = self._system.open(path, "r")
        except StatusError:
            return None
        try:
            return decode(self._system.read_all(handle))
        except StatusError:
            return None
        finally:
            self._system.close(handle)

    def serve(self) -> None:
        """Log one user in and out after the other. Raises StatusError when the terminal fails."""
        terminal = self._terminal
        while True:
            terminal.take_back(self._group)
            terminal.write("\f" + self._banner())
            while not self._attempt():
                pass

    def _banner(self) -> str:
        """What stands above the prompt."""
        version = self._version()
        text = "\n" + "".join([f"{GREEN}{line}{PLAIN}\n" for line in LOGO])
        text += f"\n {BOLD}AxisOS Xen XKA{PLAIN} {version} on {self._host}\n"
        kept = self._file("/etc/passwd.toml") or ""
        fresh = [f"{name}/{name}" for name, salt in FRESH_PASSWORDS.items() if salt in kept]
        if fresh:
            text += f" {YELLOW}Accounts of a fresh disk: {', '.join(fresh)} (change with passwd){PLAIN}\n"
        return text

    def _version(self) -> str:
        try:
            found = self._system.call("reg_get_value", "@VT\\SYS\\BOOT", "KernelVersion")
            return str(found[0])
        except (StatusError, TypeError, IndexError):
            return ""

    def _attempt(self) -> bool:
        """Ask once; True when somebody was logged in and has left again."""
        terminal = self._terminal
        answer = terminal.ask(f"\n{self._host} login: ")
        name = "".join([character for character in answer or "" if character > " "])
        if not name:
            return False
        password = terminal.ask_secretly("Password: ")
        if password is None:
            return False
        try:
            account: dict[str, Any] = self._system.call("auth_login", name, password)
        except StatusError as error:
            known = error.status in (Status.ACCESS_DENIED, Status.INVALID_PARAMETER)
            more = f" ({error.detail})" if not known or "try again" in error.detail else ""
            terminal.write(f"Login incorrect{more}\n")
            return False
        return self._session(account)

    def _session(self, account: dict[str, Any]) -> bool:
        """Run the user's shell to its end."""
        home = str(account["home"])
        environment = {
            "ARGS": [], "USER": str(account["user"]), "UID": str(account["uid"]), "HOME": home, "PWD": home,
            "SHELL": str(account["shell"]), "PATH": "/usr/commands:/bin", "HOSTNAME": self._host, "TERM": "axis",
        }
        handles = {-10: self._input, -11: self._output, -12: self._output}
        terminal = self._terminal
        terminal.write("\f" + (self._file("/etc/motd") or ""))
        try:
            shell = self._system.call("process_spawn", account["shell"], None, environment, handles, 0, True)
        except StatusError as error:
            terminal.write(f"\nThe shell {account['shell']} cannot be started: {error}\n")
            return False
        started = self._system.call("time_get")[0]
        terminal.lend(shell)
        while True:  # children of the dead come to us: take their statuses, too
            ended = self._system.wait_any(None, False)
            if ended is None:
                return True
            if ended[0] == shell:
                if ended[1] == UNCAUGHT and self._system.call("time_get")[0] - started < AT_ONCE_S:
                    terminal.take_back(self._group)
                    terminal.ask(f"\nThe shell {account['shell']} ended at once. Enter goes back to the login prompt.")
                return True


def serve(system: System) -> None:
    """Serve for ever, opening the terminal again whenever it failed."""
    for signal in (SIGINT, SIGTSTP, SIGQUIT, SIGHUP):
        system.on_signal(signal, SIG_IGN)
    delay_ms, told = FIRST_RETRY_MS, ""
    while True:
        try:
            login = Login(system)
            delay_ms, told = FIRST_RETRY_MS, ""
            try:
                login.serve()
            finally:
                login.close()
        except Exception as error:
            if str(error) != told:  # the same trouble is told once
                told = str(error)
                system.call("kernel_log", f"init: {told}; the login prompt starts again when it can", "fail")
            system.call("process_sleep", delay_ms)
            delay_ms = min(2 * delay_ms, LAST_RETRY_MS)


if __name__ == "__main__":
    serve(System(syscall))
