"""Two processes whose signal handlers answer each other. Settings: turns, peer (pid of the one that began earlier).

The first has no peer and waits to be told of one. Nobody may signal an ancestor, so neither has started the other.
"""

from __future__ import annotations

from stopwatch import least  # type: ignore[import-not-found]  # it stands beside this file in the guest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from axis.guest import env, syscall

SIGUSR1 = 30


def answer() -> None:
    """Send each signal back."""
    peer = syscall("signal_pull")[0]
    syscall("ke_signal_handler", SIGUSR1, lambda signum: syscall("ke_signal_send", peer, signum))
    syscall("signal_send", peer, "ready")
    syscall("signal_pull")


def ask(peer: int) -> None:
    """Report the seconds for a round trip."""
    done = syscall("ke_create_event")
    left = 0

    def send_again(signum: int) -> None:
        nonlocal left
        left -= 1
        if left:
            syscall("ke_signal_send", peer, signum)
        else:
            syscall("ke_set_event", done)

    def play(turns: int) -> None:
        nonlocal left
        left = turns
        syscall("ke_signal_send", peer, SIGUSR1)
        syscall("ke_wait_single", done)

    syscall("ke_signal_handler", SIGUSR1, send_again)
    syscall("signal_send", peer, "hello")
    syscall("signal_pull")
    syscall("bench_report", least(play, env["turns"]))


if env["peer"]:
    ask(env["peer"])
else:
    answer()
