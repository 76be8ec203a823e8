"""Named pipes: strangers meet at a name."""

from __future__ import annotations

import ast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernelrig import BareMachine

CALL = (
    "def call(*args):\n    try: return syscall(*args)\n    except Exception as error: return error.status.name\n"
)  # fmt: skip


def test_a_server_reads_what_its_clients_write_until_the_last_one_is_gone() -> None:
    """Clients end without closing anything; the name is free when the server closes, too."""
    with BareMachine() as bare:
        bare.start(
            "reader, writer = syscall('ke_create_named_pipe', 'log', 64)\n"
            "say('first', syscall('vfs_read', reader))\n"
            "syscall('vfs_close', writer)\n"
            "while data := syscall('ke_pipe_read', reader): say(data)\n"
            "say('end', syscall('ke_wait_single', reader, 0))\n"
            "stats = syscall('ke_ipc_stats')\n"
            "syscall('vfs_close', reader)\n"
            "say(stats['named_pipes'], syscall('ke_ipc_stats')['named_pipes'])\n"
            "say(len(syscall('ke_create_named_pipe', 'log')))\n"
        )
        bare.settle()
        for word in ("one", "two"):
            bare.start(
                "end = syscall('ke_connect_named_pipe', 'log', 'w')\n"
                "syscall('process_sleep', 10)\n"
                f"syscall('ke_pipe_write', end, b'{word}')\n"
                "syscall('process_sleep', 10)\n"
                f"syscall('vfs_write', end, b'{word} again')\n"
            )
        bare.settle()
        said = bare.said()

        written = b"".join(ast.literal_eval(line.removeprefix("first ")) for line in said[:-3])
        assert sorted(written.replace(b"one again", b"1").replace(b"two again", b"2")) == sorted(b"onetwo12")
        assert said[-3:] == ["end 0", "1 0", "2"]
        assert bare.kernel.ob.list_directory("\\Pipe") == []


def test_one_connection_may_read_and_write_and_all_share_one_buffer() -> None:
    """The end of file waits for "rw" connections, too; either half's close closes such a connection."""
    with BareMachine() as bare:
        bare.run(
            CALL + "reader, writer = syscall('ke_create_named_pipe', 'both')\n"
            "duplex, again = (syscall('ke_connect_named_pipe', 'both') for _ in range(2))\n"
            "syscall('ke_pipe_write', duplex, b'abc')\n"
            "say(syscall('ke_pipe_read', reader, 1), syscall('vfs_read', again, 1), syscall('vfs_read', duplex))\n"
            "say(syscall('ke_wait_single', duplex, 0), syscall('ke_wait_single', writer, 0))\n"
            "say(call('ke_pipe_close', reader, True), call('ke_pipe_close', writer, True), "
            "call('ke_pipe_close', again, False))\n"
            "say(syscall('ke_wait_single', reader, 0))\n"
            "say(call('ke_pipe_close', duplex, True), syscall('ke_wait_single', reader, 0), "
            "syscall('vfs_read', reader))\n"
            "end = syscall('ke_connect_named_pipe', 'both', 'w')\n"
            "syscall('vfs_write', end, b'new')\n"
            "say(syscall('vfs_read', reader))\n"
        )

        assert bare.said() == [
            "b'a' b'b' b'c'", "258 0", "INVALID_PARAMETER True True", "258", "True 0 b''", "b'new'",
        ]  # fmt: skip


def test_a_connection_has_the_rights_it_asked_for() -> None:
    """What is not a mode, what is not a name, what is not there, and who may not connect."""
    with BareMachine() as bare:
        owner = bare.start(
            CALL + "syscall('ke_create_named_pipe', 'own')\n"
            "syscall('ke_create_named_pipe', 'news', 64, '644')\n"
            "read, write = (syscall('ke_connect_named_pipe', 'own', mode) for mode in 'rw')\n"
            "say(call('ke_pipe_write', read, b'x'), call('ke_pipe_read', write), "
            "call('ke_connect_named_pipe', 'own', 'x'))\n"
            "say(call('ke_create_named_pipe', 'own'), call('ke_create_named_pipe', ''), "
            "call('ke_create_named_pipe', 'a\\\\b'))\n"
            "say(call('ke_create_named_pipe', 'z', 0), call('ke_create_named_pipe', 'z', 9, '9'))\n"
            "say(call('ke_connect_named_pipe', 'z'), syscall('ke_ipc_stats')['named_pipes'])\n"
            "syscall('signal_pull')\n"
        )
        owner.uid = 1000
        bare.settle()
        guest = bare.start(
            CALL + "say(call('ke_connect_named_pipe', 'own', 'r'), call('ke_connect_named_pipe', 'news'))\n"
            "say(len(call('ke_connect_named_pipe', 'news', 'r')) > 20)\n"
        )
        guest.uid = 1001
        bare.settle()

        assert bare.said() == [
            "ACCESS_DENIED ACCESS_DENIED INVALID_PARAMETER",
            "OBJECT_NAME_COLLISION OBJECT_NAME_INVALID OBJECT_NAME_INVALID", "INVALID_PARAMETER INVALID_PARAMETER",
            "OBJECT_NAME_NOT_FOUND 2", "ACCESS_DENIED ACCESS_DENIED", "True",
        ]  # fmt: skip


def test_writing_with_no_reader_is_sigpipe_and_a_waiting_writer_learns_of_it() -> None:
    """The last reader's end wakes the writer that is blocked in the middle of its data."""
    with BareMachine() as bare:
        bare.start(
            "reader, writer = syscall('ke_create_named_pipe', 'p', 4)\n"
            "syscall('vfs_close', writer)\n"
            "syscall('signal_pull')\n"
        )
        bare.settle()
        client = "end = syscall('ke_connect_named_pipe', 'p', 'w')\nsyscall('vfs_write', end, b'0123456789')\n"
        careful = bare.start(
            "syscall('ke_signal_handler', 13, 'SIG_IGN')\n"
            "try:\n    " + client.replace("\n", "\n    ") + "say('written')\n"
            "except Exception as error: say(error.status.name)\n"
        )
        careless = bare.start(client)
        bare.settle()
        bare.run("syscall('signal_send', 20, 'done')")

        assert bare.said() == ["PIPE_BROKEN"]
        assert (careful.exit_status, careless.exit_status) == (0, 128 + 13)
        assert bare.kernel.ob.list_directory("\\Pipe") == []


def test_a_full_handle_table_leaves_nothing_behind() -> None:
    """Neither a name nor half a pipe."""
    with BareMachine() as bare:
        bare.run(
            CALL + "handles = []\n"
            "while len(handle := call('ke_create_event')) > 20: handles.append(handle)\n"
            "say(handle, call('ke_create_named_pipe', 'p'), call('ke_create_section', 's'), "
            "call('ke_create_mqueue', 'q'))\n"
            "syscall('vfs_close', handles.pop())\n"
            "say(call('ke_create_named_pipe', 'p'))\n"
            "stats = syscall('ke_ipc_stats')\n"
            "say(stats['named_pipes'], stats['sections'], stats['mqueues'])\n"
            "syscall('vfs_close', handles.pop())\n"
            "say(len(call('ke_create_named_pipe', 'p')))\n"
        )

        full = "HANDLE_TABLE_FULL"
        assert bare.said() == [f"{full} {full} {full} {full}", full, "0 0 0", "2"]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    size=st.integers(10, 200),
    clients=st.lists(st.lists(st.integers(1, 10), min_size=1, max_size=6), min_size=1, max_size=4),
)
def test_the_records_of_many_clients_arrive_whole_and_in_their_order(size: int, clients: list[list[int]]) -> None:
    """Writes that fit into the pipe are not interleaved, however many write at once."""
    with BareMachine() as bare:
        bare.start(
            f"reader, writer = syscall('ke_create_named_pipe', 'p', {size})\n"
            "syscall('process_sleep', 1)\n"
            "syscall('vfs_close', writer)\n"
            "parts = []\n"
            "while part := syscall('vfs_read', reader, 7): parts.append(part)\n"
            "say(b''.join(parts).decode())\n"
        )
        bare.machine.run_for(0.0005)
        for number, lengths in enumerate(clients):
            bare.start(
                "end = syscall('ke_connect_named_pipe', 'p', 'w')\n"
                f"for n in {lengths}: syscall('vfs_write', end, b'{number}' * (n - 1) + b';')\n"
            )
        bare.settle()
        (line,) = bare.said()
        records = line.split(";")[:-1]

        assert sum(map(len, records)) + len(records) == sum(map(sum, clients))
        for number, lengths in enumerate(clients):
            mine = [record for record in records if record and set(record) == {str(number)}]
            assert mine == [str(number) * (n - 1) for n in lengths if n > 1]
        assert all(len(set(record)) <= 1 for record in records)
