"""POSIX signals: their numbers and default actions (manual, chapter 13.8)."""

from __future__ import annotations

SIGHUP = 1
SIGINT = 2
SIGQUIT = 3
SIGILL = 4
SIGABRT = 6
SIGKILL = 9
SIGPIPE = 13
SIGALRM = 14
SIGTERM = 15
SIGCHLD = 17
SIGCONT = 18
SIGSTOP = 19
SIGTSTP = 20
SIGUSR1 = 30
SIGUSR2 = 31

SIG_DFL = None  # the default action
SIG_IGN = "SIG_IGN"  # ignore: a word that the kernel understands, not a function

TERMINATE = "terminate"
IGNORE = "ignore"
STOP = "stop"
CONTINUE = "continue"

NAMES: dict[int, str] = {
    SIGHUP: "SIGHUP",
    SIGINT: "SIGINT",
    SIGQUIT: "SIGQUIT",
    SIGILL: "SIGILL",
    SIGABRT: "SIGABRT",
    SIGKILL: "SIGKILL",
    SIGPIPE: "SIGPIPE",
    SIGALRM: "SIGALRM",
    SIGTERM: "SIGTERM",
    SIGCHLD: "SIGCHLD",
    SIGCONT: "SIGCONT",
    SIGSTOP: "SIGSTOP",
    SIGTSTP: "SIGTSTP",
    SIGUSR1: "SIGUSR1",
    SIGUSR2: "SIGUSR2",
}
DEFAULT_ACTIONS: dict[int, str] = {
    number: {SIGCHLD: IGNORE, SIGCONT: CONTINUE, SIGSTOP: STOP, SIGTSTP: STOP}.get(number, TERMINATE)
    for number in NAMES
}
UNCATCHABLE = frozenset({SIGKILL, SIGSTOP})
