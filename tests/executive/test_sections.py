"""Sections: what processes share, what it may be, and how much of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abi.status import Status, StatusError
from executive.ke_ipc.sections import Section, make_view
from kernelrig import BareMachine


def test_two_processes_count_in_one_section_under_a_mutex() -> None:
    """Each adds 100, giving way between load and store: the sum is 200. Storing a function is refused."""
    counter = (
        "_, _, mutex = syscall('signal_pull')\n"
        "view = syscall('ke_map_section', syscall('ke_open_section', 'count'))\n"
        "for _ in range(100):\n"
        "    syscall('ke_wait_single', mutex)\n"
        "    n = view['counter']\n"
        "    syscall('process_yield')\n"
        "    view['counter'] = n + 1\n"
        "    syscall('ke_release_mutex', mutex)\n"
        "try: view['f'] = lambda: None\n"
        "except Exception as error: say(error.status.name)\n"
        "syscall('signal_pull')\n"
    )
    with BareMachine() as bare:
        pids = [bare.start(counter).pid for _ in range(2)]
        bare.start(
            "view = syscall('ke_map_section', syscall('ke_create_section', 'count'))\n"
            "view.counter = 0\n"
            "mutex, me = syscall('ke_create_mutex'), syscall('process_get_pid')\n"
            f"for pid in {pids}: syscall('signal_send', pid, 'go', syscall('ob_duplicate_handle', me, mutex, pid))\n"
            "while view.counter < 200: syscall('process_sleep', 100)\n"
            "syscall('process_sleep', 100)\n"
            "say(view.counter, list(view))\n",
            ring=1,
        )
        bare.machine.run_for(5.0)

        assert bare.said() == ["INVALID_PARAMETER", "INVALID_PARAMETER", "200 ['counter']"]


def test_what_is_stored_and_loaded_is_a_copy() -> None:
    """Changing a list after it was stored, or one that was loaded, changes nothing in the section."""
    with BareMachine() as bare:
        bare.run(
            "handle = syscall('ke_create_section')\n"
            "one, two = syscall('ke_map_section', handle), syscall('ke_map_section', handle)\n"
            "mine = [1, {'a': b'x'}]\n"
            "one['list'] = mine\n"
            "mine.append(2)\n"
            "two['list'].append(3)\n"
            "two['list'][1]['a'] = None\n"
            "say(one['list'], two.list, one == two, one == {'list': [1, {'a': b'x'}]}, type(one) is type(two))\n"
        )

        assert bare.said() == ["[1, {'a': b'x'}] [1, {'a': b'x'}] True True False"]


def test_a_view_is_a_mapping_with_its_values_as_attributes() -> None:
    """Names that a view has itself are reached as items."""
    with BareMachine() as bare:
        bare.run(
            "view = syscall('ke_map_section', syscall('ke_create_section'))\n"
            "view.a = 1\n"
            "view.update({'b': 2}, c=3)\n"
            "view['size'] = 4\n"
            "say(dict(view), len(view), 'a' in view, 1 in view, list(view), view.get('x'), view.setdefault('b', 9))\n"
            "say(view.pop('c'), view.pop('c', None), view.items(), view.values(), view.size(), view.used())\n"
            "del view.a, view['b']\n"
            "say(repr(view))\n"
            "for attempt in (lambda: view.a, lambda: view['a'], lambda: setattr(view, 'size', 1),\n"
            "                lambda: view.pop('a'), lambda: setattr(view, '_x', 1), lambda: view.update({1: 2}),\n"
            "                lambda: hash(view), lambda: delattr(view, 'a'),\n"
            "                lambda: setattr(type(view), 'get', None)):\n"
            "    try: say(attempt())\n"
            "    except Exception as error: say(type(error).__name__)\n"
            "view.clear()\n"
            "say(len(view), view.used())\n"
        )

        assert bare.said() == [
            "{'a': 1, 'b': 2, 'c': 3, 'size': 4} 4 True False ['a', 'b', 'c', 'size'] None 2",
            "3 None [('a', 1), ('b', 2), ('size', 4)] [1, 2, 4] 4096 102",
            "<SectionView of 4096 bytes: size>",
            "AttributeError", "KeyError", "AttributeError", "KeyError", "AttributeError", "StatusError", "TypeError",
            "AttributeError", "TypeError", "0 0",
        ]  # fmt: skip


def test_only_plain_data_gets_in() -> None:
    """Not a function, an object, a subclass, a kernel object, a list within itself; names are exact strings."""
    with BareMachine() as bare:
        bare.run(
            "view = syscall('ke_map_section', syscall('ke_create_section'))\n"
            "class Text(str): pass\n"
            "class Thing: pass\n"
            "loop = []\n"
            "loop.append(loop)\n"
            "for value in (len, Thing, Thing(), Text('x'), view, loop, {1, 2}, range(3), bytearray(b'x'), 1 << 5000):\n"
            "    try: view['v'] = value\n"
            "    except Exception as error: say(error.status.name)\n"
            "try: view[Text('v')] = 1\n"
            "except Exception as error: say(error.status.name)\n"
            "say(len(view), view.used())\n"
        )

        assert bare.said() == ["INVALID_PARAMETER"] * 11 + ["0 0"]


def test_a_view_gives_nothing_of_the_kernel_away() -> None:
    """Its state, its copies and its class hold nothing; what a program writes to its class's functions is its own."""
    with BareMachine() as bare:
        opener = (
            "view = syscall('ke_map_section', syscall('ke_open_section', 'shared'))\n"
            "for name in ('get', 'copy'):\n"
            "    try: say(sorted(vars(vars(type(view))[name])))\n"
            "    except Exception as error: say([])\n"
        )
        bare.start(
            "handle = syscall('ke_create_section', 'shared')\n"
            "view = syscall('ke_map_section', handle)\n"
            "view.secret = 1\n"
            "def look(what):\n"
            "    try: return what()\n"
            "    except Exception as error: return type(error).__name__\n"
            "say(look(lambda: view.__getstate__()), look(lambda: object.__getstate__(view)))\n"
            "import copy\n"
            "memo = {}\n"
            "say(look(lambda: copy.deepcopy(view, memo).secret), [type(v).__name__ for v in memo.values()])\n"
            "say([name for name in dir(type(view)) if 'section' in name.lower()])\n"
            "try: vars(type(view))['get'].channel = [1]\n"
            "except Exception as error: pass\n"
            "syscall('signal_pull')\n"
        )
        bare.settle()
        bare.run(opener)
        said = bare.said()

        assert said[0] in ("None None", "TypeError TypeError", "AttributeError AttributeError", "None AttributeError")
        assert said[1] in ("1 ['SectionView', 'list']", "TypeError []")
        assert said[2:] == ["[]", "[]", "[]"]


def test_a_section_keeps_within_its_size() -> None:
    """Names, values and raw bytes count together; what is overwritten or deleted makes room again."""
    with BareMachine() as bare:
        bare.run(
            "view = syscall('ke_map_section', syscall('ke_create_section', None, 200))\n"
            "def put(name, value):\n"
            "    try: view[name] = value; return view.used()\n"
            "    except Exception as error: return error.status.name\n"
            "say(put('a', 'x' * 100), put('b', b'y' * 100), put('a', 'x' * 168), put('a', 'x' * 167))\n"
            "say(put('a', None), put('b', b'y' * 100), len(view['b']))\n"
            "del view['b']\n"
            "say(put('list', list(range(10))), put('list', list(range(7))))\n"
        )

        assert bare.said() == ["133 QUOTA_EXCEEDED QUOTA_EXCEEDED 200", "33 166 100", "QUOTA_EXCEEDED 181"]


def test_raw_bytes_are_shared_too() -> None:
    """Never written ones are zero; nothing is read or written beyond the end."""
    with BareMachine() as bare:
        bare.run(
            "handle = syscall('ke_create_section', None, 16)\n"
            "one, two = syscall('ke_map_section', handle), syscall('ke_map_section', handle)\n"
            "one.write_bytes(2, b'abc')\n"
            "say(two.read_bytes(), two.read_bytes(3, 1), two.read_bytes(14, 100), two.read_bytes(99), one.used())\n"
            "for args in ((14, b'abc'), (-1, b'a'), (0, 'a'), (0, bytearray(1)), (1.0, b'a')):\n"
            "    try: one.write_bytes(*args)\n"
            "    except Exception as error: say(error.status.name)\n"
            "two.write_bytes(13, b'end')\n"
            "say(one.read_bytes())\n"
        )

        assert bare.said() == [
            r"b'\x00\x00abc\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00' b'b' b'\x00\x00' b'' 5",
            "QUOTA_EXCEEDED", "INVALID_PARAMETER", "INVALID_PARAMETER", "INVALID_PARAMETER", "INVALID_PARAMETER",
            r"b'\x00\x00abc\x00\x00\x00\x00\x00\x00\x00\x00end'",
        ]  # fmt: skip


def test_a_name_lasts_as_long_as_some_handle_and_the_content_as_long_as_some_view() -> None:
    """Taken, missing and malformed names have statuses of their own."""
    with BareMachine() as bare:
        bare.run(
            "def call(*args):\n"
            "    try: return syscall(*args)\n"
            "    except Exception as error: return error.status.name\n"
            "first = syscall('ke_create_section', 'name', 64)\n"
            "say(call('ke_create_section', 'name'), call('ke_open_section', 'other'))\n"
            "say(*[call('ke_create_section', name) for name in ('', 'a\\\\b', 'a\\n', 'x' * 300)])\n"
            "say(call('ke_create_section', None, 0), call('ke_create_section', None, 1 << 21))\n"
            "view = syscall('ke_map_section', first)\n"
            "view.kept = True\n"
            "second = syscall('ke_open_section', 'name')\n"
            "syscall('vfs_close', first)\n"
            "say(call('ke_create_section', 'name'), call('ke_map_section', first), "
            "syscall('ke_ipc_stats')['sections'])\n"
            "syscall('vfs_close', second)\n"
            "say(call('ke_open_section', 'name'), view.kept, syscall('ke_ipc_stats')['sections'])\n"
            "event = syscall('ke_create_event')\n"
            "say(call('ke_map_section', event), len(call('ke_create_section', 'name')) > 9)\n"
            "say(syscall('ke_ipc_stats')['section_created'])\n"
        )

        assert bare.said() == [
            "OBJECT_NAME_COLLISION OBJECT_NAME_NOT_FOUND",
            "OBJECT_NAME_INVALID OBJECT_NAME_INVALID OBJECT_NAME_INVALID OBJECT_NAME_INVALID",
            "INVALID_PARAMETER INVALID_PARAMETER", "OBJECT_NAME_COLLISION INVALID_HANDLE 1",
            "OBJECT_NAME_NOT_FOUND True 0", "OBJECT_TYPE_MISMATCH True", "2",
        ]  # fmt: skip
        assert bare.kernel.ob.list_directory("\\Section") == []


def test_one_process_may_make_16_mib_of_sections() -> None:
    """Then it must close some; what failed to be made, or went with its process, counts no more."""
    with BareMachine() as bare:
        program = (
            "made = []\n"
            "try:\n"
            "    while True:\n"
            "        made.append(syscall('ke_create_section', None, 1 << 20))\n"
            "        try: syscall('ke_create_section', 'a\\\\b', 1 << 20)\n"
            "        except Exception: pass\n"
            "except Exception as error: say(len(made), error.status.name)\n"
            "syscall('vfs_close', made[0])\n"
            "say(len(syscall('ke_create_section', None, 1 << 20)) > 9)\n"
        )
        bare.run(program)
        bare.run(program)

        assert bare.said() == ["16 QUOTA_EXCEEDED", "True"] * 2


def test_permissions_say_who_may_open_a_section() -> None:
    """By default its owner and uid 0; "644" lets others read it, but not write."""
    opener = (
        "for name in ('private', 'public'):\n"
        "    try:\n"
        "        view = syscall('ke_map_section', syscall('ke_open_section', name))\n"
        "        say(name, view['v'])\n"
        "        view['v'] = 2\n"
        "        say('stored')\n"
        "    except Exception as error: say(name, error.status.name)\n"
    )
    with BareMachine() as bare:
        owner = bare.start(
            "for name, permissions in (('private', '600'), ('public', '644')):\n"
            "    view = syscall('ke_map_section', syscall('ke_create_section', name, 64, permissions))\n"
            "    view['v'] = 1\n"
            "try: syscall('ke_create_section', None, 64, '999')\n"
            "except Exception as error: say(error.status.name)\n"
            "syscall('signal_pull')\n"
        )
        owner.uid = 1000
        bare.settle()
        for uid in (1001, 1000):
            bare.start(opener).uid = uid
            bare.settle()

        assert bare.said() == [
            "INVALID_PARAMETER", "private ACCESS_DENIED", "public 1", "public ACCESS_DENIED",
            "private 1", "stored", "public 1", "stored",
        ]  # fmt: skip


NAMES = st.sampled_from(["a", "b", "name"])
VALUES: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
STEPS = st.lists(
    st.tuples(st.just("store"), NAMES, VALUES) | st.tuples(st.just("delete"), NAMES, st.none())
    | st.tuples(st.just("write"), st.integers(0, 300), st.binary(max_size=40)),
    max_size=20,
)  # fmt: skip


@given(STEPS)
def test_whatever_is_done_the_views_agree_and_the_accounts_are_right(steps: list[tuple[str, Any, Any]]) -> None:
    """A section behaves as a dict and a byte array do, until it is full; a refused store changes nothing."""
    section = Section(256, 20)
    one, two = make_view(section, True), make_view(section, False)
    values: dict[str, object] = {}
    raw = bytearray(256)
    for step, where, what in steps:
        try:
            if step == "store":
                one[where] = what
                values[where] = what
            elif step == "delete":
                one.pop(where, None)
                values.pop(where, None)
            else:
                one.write_bytes(where, what)
                raw[where : where + len(what)] = what
        except StatusError as error:
            assert error.status == Status.QUOTA_EXCEEDED
        assert two == values
        assert two.read_bytes() == raw
        assert 0 <= two.used() <= 256
    with pytest.raises(StatusError):
        two["a"] = 1
    one.clear()
    assert one.used() == len(section.raw)
