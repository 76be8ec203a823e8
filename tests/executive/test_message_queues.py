"""Message queues: order, limits, waiting, and that nothing gets lost."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernelrig import BareMachine

CALL = (
    "def call(*args):\n    try: return syscall(*args)\n    except Exception as error: return error.status.name\n"
)  # fmt: skip


def test_the_most_urgent_message_comes_first_and_equals_in_their_order() -> None:
    """Priorities 1, 10, 5 come out as 10, 5, 1; bytes and text come out as what they were."""
    with BareMachine() as bare:
        bare.run(
            "queue = syscall('ke_create_mqueue', 'jobs')\n"
            "for data, priority in ((b'one', 1), ('ten', 10), (b'five', 5), (b'ten too', 10), (b'low', -3)):\n"
            "    syscall('ke_mq_send', queue, data, priority)\n"
            "other = syscall('ke_open_mqueue', 'jobs')\n"
            "for _ in range(5): say(*syscall('ke_mq_receive', other))\n"
        )

        assert bare.said() == ["ten 10", "b'ten too' 10", "b'five' 5", "b'one' 1", "b'low' -3"]


def test_a_full_queue_makes_senders_wait_in_their_order() -> None:
    """Each message received makes room for one; a time limit ends the wait with nothing sent."""
    with BareMachine() as bare:
        bare.run(
            CALL + "queue = syscall('ke_create_mqueue', None, 2, 10)\n"
            "def send(name):\n"
            "    syscall('ke_mq_send', queue, name)\n"
            "    say('sent', name)\n"
            "for name in 'abcd': syscall('process_thread', lambda name=name: send(name))\n"
            "syscall('process_sleep', 1)\n"
            "say(call('ke_mq_send', queue, 'late', 99, 50), call('ke_mq_send', queue, 'never', 99, 0))\n"
            "for _ in range(4):\n"
            "    say('got', syscall('ke_mq_receive', queue)[0])\n"
            "    syscall('process_sleep', 1)\n"
            "say(call('ke_mq_receive', queue, 50), call('ke_mq_receive', queue, 0))\n"
        )

        assert bare.said() == [
            "sent a", "sent b", "TIMEOUT TIMEOUT", "got a", "sent c", "got b", "sent d", "got c", "got d",
            "TIMEOUT TIMEOUT",
        ]  # fmt: skip


def test_receivers_are_served_in_their_order_one_message_each() -> None:
    """A message goes to the one that has waited longest, across processes; and a queue can be waited for."""
    receiver = (
        "queue = syscall('ke_open_mqueue', 'work')\n"
        "say(syscall('process_get_pid') % 10, syscall('ke_mq_receive', queue))\n"
        "syscall('signal_pull')\n"
    )
    with BareMachine() as bare:
        bare.start(
            "queue = syscall('ke_create_mqueue', 'work')\n"
            "syscall('signal_pull')\n"
            "for n in range(3): syscall('ke_mq_send', queue, str(n), n)\n"
            "say('waits', syscall('ke_wait_single', queue, 10), syscall('ke_wait_single', queue, 0))\n"
            "say('took', syscall('ke_mq_receive', queue), syscall('ke_wait_single', queue, 0))\n"
            "syscall('process_thread', lambda: say('signaled', syscall('ke_wait_single', queue)))\n"
            "syscall('process_sleep', 1)\n"
            "syscall('ke_mq_send', queue, b'')\n"
            "syscall('process_sleep', 1)\n"
        )
        bare.settle()
        first, second = bare.start(receiver), bare.start(receiver)
        bare.run("syscall('signal_send', 20, 'go')")

        assert bare.said() == [
            "waits 0 0", "took ('2', 2) 258", f"{first.pid % 10} ('0', 0)", f"{second.pid % 10} ('1', 1)", "signaled 0",
        ]  # fmt: skip


def test_a_message_is_not_lost_with_a_receiver_that_is_killed() -> None:
    """Not with one that was killed before it came, and not with one that was killed before it could take it."""
    with BareMachine() as bare:
        victim = "say('lost', syscall('ke_mq_receive', syscall('ke_open_mqueue', 'q')))\n"
        bare.start(
            "queue = syscall('ke_create_mqueue', 'q', 8, 8, '666')\n"
            "for _ in range(2):\n"
            "    victim = syscall('signal_pull')[2]\n"
            "    syscall('ke_mq_send', queue, b'before')\n"
            "    syscall('process_kill', victim, 9)\n"
            "    syscall('ke_mq_send', queue, b'after')\n"
            "    say(sorted(syscall('ke_mq_receive', queue)[0] for _ in range(2)))\n",
            ring=2,
        )
        bare.settle()
        for _ in range(2):
            process = bare.start(victim)
            bare.settle()
            bare.run(f"syscall('signal_send', 4, 'kill', {process.pid})")

        assert bare.said() == ["[b'after', b'before']"] * 2


def test_a_message_is_not_lost_with_a_handler_that_raises() -> None:
    """It arrives while the handler runs; the handler's error comes out of the call, and the message stays first."""
    with BareMachine() as bare:
        receiver = bare.start(
            "queue = syscall('ke_create_mqueue')\n"
            "def handler(n):\n"
            "    for data in (b'one', b'two'): syscall('ke_mq_send', queue, data)\n"
            "    raise KeyError('out')\n"
            "syscall('ke_signal_handler', 30, handler)\n"
            "try: syscall('ke_mq_receive', queue)\n"
            "except KeyError as error: say(error)\n"
            "say(syscall('ke_mq_receive', queue), syscall('ke_mq_receive', queue))\n"
        )
        bare.settle()
        bare.run(f"syscall('ke_signal_send', {receiver.pid}, 30)")

        assert bare.said() == ["'out'", "(b'one', 0) (b'two', 0)"]


def test_those_who_wait_at_a_queue_that_is_gone_are_told() -> None:
    """When its last handle is closed nobody could ever answer them."""
    with BareMachine() as bare:
        bare.run(
            CALL + "empty, full = syscall('ke_create_mqueue'), syscall('ke_create_mqueue', None, 1)\n"
            "syscall('ke_mq_send', full, b'')\n"
            "syscall('process_thread', lambda: say('receiver', call('ke_mq_receive', empty)))\n"
            "syscall('process_thread', lambda: say('sender', call('ke_mq_send', full, b'')))\n"
            "syscall('process_sleep', 1)\n"
            "for queue in (empty, full): syscall('vfs_close', queue)\n"
            "syscall('process_sleep', 1)\n"
            "say(call('ke_mq_receive', empty))\n"
        )

        assert bare.said() == ["receiver CANCELLED", "sender CANCELLED", "INVALID_HANDLE"]


def test_the_limits_of_a_queue() -> None:
    """Size counts in bytes, text as UTF-8; a queue is made for 1 MiB at most, a process's queues for 16."""
    with BareMachine() as bare:
        bare.run(
            CALL + "queue = syscall('ke_create_mqueue', 'q', 4, 4)\n"
            "say(call('ke_mq_send', queue, b'12345'), call('ke_mq_send', queue, 'äöü'), "
            "call('ke_mq_send', queue, 'äö'))\n"
            "say(call('ke_mq_send', queue, [1]), call('ke_mq_send', queue, b'', 1 << 40))\n"
            "say(*[call('ke_create_mqueue', None, *limits) for limits in ((0, 1), (1, 0), (1 << 11, 1 << 10))])\n"
            "say(call('ke_create_mqueue', 'q'), call('ke_create_mqueue', ''), call('ke_open_mqueue', 'r'))\n"
            "say(call('ke_mq_receive', syscall('ke_create_event'), 0))\n"
            "made = []\n"
            "while len(handle := call('ke_create_mqueue', None, 1024, 1024)) > 20: made.append(handle)\n"
            "say(len(made), handle)\n"
            "for handle in made: syscall('vfs_close', handle)\n"
            "stats = syscall('ke_ipc_stats')\n"
            "say(stats['mqueues'], stats['mq_created'], len(call('ke_create_mqueue', None, 1024, 1024)) > 20)\n"
        )

        assert bare.said() == [
            "MESSAGE_TOO_LARGE MESSAGE_TOO_LARGE True", "INVALID_PARAMETER INVALID_PARAMETER",
            "INVALID_PARAMETER INVALID_PARAMETER INVALID_PARAMETER",
            "OBJECT_NAME_COLLISION OBJECT_NAME_INVALID OBJECT_NAME_NOT_FOUND", "OBJECT_TYPE_MISMATCH",
            "15 QUOTA_EXCEEDED", "1 16 True",
        ]  # fmt: skip


def test_permissions_say_who_may_send_and_who_may_receive() -> None:
    """A queue of mode "622" is a letter box: others may put in and not take out."""
    with BareMachine() as bare:
        owner = bare.start(
            "box = syscall('ke_create_mqueue', 'box', 8, 64, '622')\n"
            "syscall('ke_create_mqueue', 'own')\n"
            "say(*syscall('ke_mq_receive', box))\n"
        )
        owner.uid = 1000
        bare.settle()
        guest = bare.start(
            CALL + "box = syscall('ke_open_mqueue', 'box')\n"
            "say(call('ke_mq_receive', box, 0), call('ke_open_mqueue', 'own'))\n"
            "say(call('ke_mq_send', box, b'letter', 3))\n"
        )
        guest.uid = 1001
        bare.settle()

        assert bare.said() == ["ACCESS_DENIED ACCESS_DENIED", "True", "b'letter' 3"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    capacity=st.integers(1, 5),
    senders=st.lists(st.lists(st.integers(0, 3), max_size=8), min_size=1, max_size=4),
    receivers=st.integers(1, 3),
)
def test_whatever_is_sent_is_received_once(capacity: int, senders: list[list[int]], receivers: int) -> None:
    """Any number of threads on both sides: nothing is lost or doubled; equals of one sender keep their order."""
    with BareMachine() as bare:
        bare.start(
            f"queue = syscall('ke_create_mqueue', None, {capacity})\n"
            f"senders = {senders}\n"
            "got = []\n"
            "def send(who):\n"
            "    for n, priority in enumerate(senders[who]):\n"
            "        syscall('ke_mq_send', queue, f'{who} {n}', priority)\n"
            "def receive():\n"
            "    while True: got.append(syscall('ke_mq_receive', queue, 1000))\n"
            "def receiver():\n"
            "    try: receive()\n"
            "    except Exception as error: assert error.status == 258\n"
            f"for _ in range({receivers}): syscall('process_thread', receiver)\n"
            "for who in range(len(senders)): syscall('process_thread', lambda who=who: send(who))\n"
            "syscall('process_sleep', 2000)\n"
            "for data, priority in got: say(data, priority)\n"
        )
        bare.machine.run_for(3.0)
        received = [tuple(map(int, line.split())) for line in bare.said()]

        assert sorted(received) == sorted(
            (who, n, priority) for who, sent in enumerate(senders) for n, priority in enumerate(sent)
        )
        if receivers == 1:
            for who, sent in enumerate(senders):
                for priority in set(sent):
                    order = [n for sender, n, urgency in received if (sender, urgency) == (who, priority)]
                    assert order == sorted(order)


@given(sent=st.lists(st.integers(-2, 2), max_size=20))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_queue_sorts_by_priority_and_then_by_time(sent: list[int]) -> None:
    """What was sent in any order comes out as a stable sort would have it."""
    with BareMachine() as bare:
        bare.run(
            "queue = syscall('ke_create_mqueue')\n"
            f"for n, priority in enumerate({sent}): syscall('ke_mq_send', queue, str(n), priority)\n"
            f"for _ in {sent}: say(syscall('ke_mq_receive', queue)[0])\n"
        )

        assert [int(line) for line in bare.said()] == sorted(range(len(sent)), key=lambda n: -sent[n])
