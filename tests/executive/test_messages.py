"""Messages and forwarded calls: who gets what, and what happens when somebody dies in between."""

from __future__ import annotations

from kernelrig import BareMachine

SERVER = """
syscall("syscall_override", "double")
syscall("syscall_override", "never")
kept = []
while True:
    sender, name, *args = syscall("signal_pull")
    if name == "syscall" and args[0].name == "double":
        request = args[0]
        number = request.args[0]
        status, value = (0, number * 2) if type(number) is int else (601, "numbers only")
        syscall("signal_send", request.sender_pid, "syscall_return", request.request_id, status, value)
    elif name == "request_cancelled":
        syscall("kernel_log", f"cancelled {args[0]}")
"""


def test_messages_arrive_in_order_with_the_true_sender() -> None:
    """The kernel fills in who sent; the receiver takes the oldest first."""
    with BareMachine() as bare:
        receiver = bare.start("syscall('process_sleep', 1)\nfor _ in range(3): say(syscall('signal_pull'))\n")
        sender = bare.run(f"for n in range(3): syscall('signal_send', {receiver.pid}, 'count', n)")

        assert bare.said() == [f"({sender.pid}, 'count', {n})" for n in range(3)]


def test_a_forwarded_call_returns_what_its_server_answers() -> None:
    """A value, or the server's status and words as a StatusError; unknown names are unknown."""
    with BareMachine() as bare:
        bare.start(SERVER, ring=1)
        bare.run(
            "say(syscall('double', 21))\n"
            "for name, argument in (('double', 'x'), ('triple', 1)):\n"
            "    try: syscall(name, argument)\n"
            "    except Exception as error: say(error.status.name, error.detail)\n"
        )

        assert bare.said() == [
            "42",
            "INVALID_PARAMETER numbers only",
            "UNKNOWN_SYSCALL no system call is named 'triple'",
        ]


def test_nobody_but_the_server_can_answer_a_request() -> None:
    """A forged answer is refused, the caller goes on waiting, and its death is told to the server."""
    with BareMachine() as bare:
        bare.start(SERVER, ring=1)
        caller = bare.start("say(syscall('never', 1))")
        bare.settle()
        forger = (
            f"try: say(syscall('signal_send', {caller.pid}, 'syscall_return', 1, 0, 'forged'))\n"
            "except Exception as error: say(error.status.name)\n"
        )
        bare.run(forger)
        bare.run(forger, ring=2)
        assert bare.said() == ["ACCESS_DENIED", "ACCESS_DENIED"]
        assert caller.status != "dead"

        bare.run(f"syscall('process_kill', {caller.pid}, 9)")
        assert bare.said()[-1] == "cancelled 1"


def test_when_a_server_dies_its_callers_are_told_and_its_names_are_free() -> None:
    """CANCELLED for who waits; the name is unknown afterwards, or another server's."""
    with BareMachine() as bare:
        server = bare.start(SERVER, ring=1)
        bare.settle()
        bare.start(
            "for name in ('never', 'double'):\n"
            "    try: say(syscall(name, 2))\n"
            "    except Exception as error: say(error.status.name)\n"
        )
        bare.settle()
        bare.run(f"syscall('process_kill', {server.pid}, 9)", ring=1)
        assert bare.said() == ["CANCELLED", "UNKNOWN_SYSCALL"]

        bare.start(SERVER, ring=1)
        bare.settle()
        bare.run("say(syscall('double', 3))")
        assert bare.said()[-1] == "6"


def test_what_is_not_plain_data_does_not_pass_and_what_passes_is_a_copy() -> None:
    """Functions, objects and subclasses are refused; a list changed afterwards is not the one that was sent."""
    with BareMachine() as bare:
        receiver = bare.start("syscall('process_sleep', 5)\nsay(syscall('signal_pull')[2:])")
        bare.run(
            f"peer = {receiver.pid}\n"
            "class Text(str): pass\n"
            "for value in (print, object(), Text('x'), [[print]], 1 << 5000):\n"
            "    try: syscall('signal_send', peer, 'data', value)\n"
            "    except Exception as error: say(error.status.name)\n"
            "shared = [1, {'a': (2, b'3')}]\n"
            "syscall('signal_send', peer, 'data', shared)\n"
            "shared.append(4)\n"
        )

        assert bare.said() == ["INVALID_PARAMETER"] * 5 + ["([1, {'a': (2, b'3')}],)"]


def test_the_systems_own_messages_cannot_be_forged_by_programs() -> None:
    """Reserved names are refused from ring 3; ordinary ones pass."""
    with BareMachine() as bare:
        receiver = bare.start("while True: say(syscall('signal_pull')[1])", ring=1)
        bare.run(
            f"for name in ('syscall', 'os_event', 'irp_dispatch', 'hello'):\n"
            f"    try: syscall('signal_send', {receiver.pid}, name, 1)\n"
            "    except Exception as error: say(error.status.name)\n"
        )

        assert bare.said() == ["ACCESS_DENIED"] * 3 + ["hello"]


def test_a_receiver_that_never_pulls_cannot_be_filled_for_ever() -> None:
    """One program may have 64 messages waiting at one receiver; the next is refused."""
    with BareMachine() as bare:
        receiver = bare.start("syscall('process_sleep', 1e9)")
        bare.run(
            "sent = 0\n"
            "try:\n"
            f"    while True:\n        syscall('signal_send', {receiver.pid}, 'x')\n        sent += 1\n"
            "except Exception as error: say(sent, error.status.name)\n"
        )

        assert bare.said() == ["64 QUOTA_EXCEEDED"]
