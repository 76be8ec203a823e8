"""The terminal with its users: readers, modes, type-ahead, foreground, echo, control methods, painting."""

from __future__ import annotations

import pytest
from ttyrig import FakeGpu, Rig

from abi.status import Status, StatusError
from drivers.tty.console import FRAME_S, MAX_QUEUE

SHELL, CAT, OTHER = 20, 21, 22


@pytest.fixture
def rig() -> Rig:
    return Rig(20, 5)


def refused(rig: Rig, method: str, *args: object) -> Status:
    with pytest.raises(StatusError) as failure:
        rig.control(method, *args)
    return failure.value.status


# Reading lines


def test_a_line_is_read_and_echoed(rig: Rig) -> None:
    """The prompt, the typed text with its corrections, a line feed; the reader gets the line."""
    rig.write("name: ")
    reading = rig.read()
    rig.type("bxob")
    rig.press("left", "left", "left", "delete", "end")
    assert reading.pending
    assert rig.line(-1) == "name: bob"
    rig.press("enter")
    assert reading.data == b"bob\n"
    assert (rig.line(-2), rig.line(-1)) == ("name: bob", "")


def test_keys_typed_ahead_are_echoed_when_they_are_read(rig: Rig) -> None:
    rig.type("one\ntwo\nthr")
    assert rig.terminal.text() == [""] * 5
    assert rig.read().data == b"one\n"
    assert rig.read().data == b"two\n"
    reading = rig.read()
    assert reading.pending
    rig.type("ee\n")
    assert reading.data == b"three\n"
    assert rig.terminal.text()[-4:] == ["one", "two", "three", ""]


def test_type_ahead_is_bounded_and_counted(rig: Rig) -> None:
    """The oldest keys are dropped."""
    rig.type("x" * 10 + "y" * MAX_QUEUE)
    assert rig.control("get_statistics") == {
        "dropped_events": 10, "queued_events": MAX_QUEUE, "parked_reads": 0, "scrollback_rows": 0, "writes": 0,
    }
    rig.control("set_mode", "raw")
    assert rig.read().data == b"y"


def test_a_password_is_not_echoed(rig: Rig) -> None:
    """With echo off nothing of it is shown, not even its line feed, and not when it was typed ahead either."""
    rig.control("set_echo", False)
    rig.write("Password: ")
    rig.type("sec")
    reading = rig.read()
    rig.type("ret\n")
    assert reading.data == b"secret\n"
    assert rig.line(-1) == "Password:"
    rig.control("set_echo", True)
    rig.write("\n")
    rig.read()
    rig.type("x")
    assert rig.line(-1) == "x"


def test_end_of_file(rig: Rig) -> None:
    reading = rig.read()
    rig.press("ctrl+d")
    assert reading.data == b""
    reading = rig.read()
    rig.type("ab")
    rig.press("ctrl+d")
    assert reading.data == b"ab"


def test_a_short_read_leaves_the_rest_for_the_next(rig: Rig) -> None:
    rig.type("hello\nmore\n")
    assert rig.read(length=0).data == b""
    assert rig.read(length=2).data == b"he"
    assert rig.read(length=1).data == b"l"
    assert rig.read().data == b"lo\n"
    assert rig.read(length=100).data == b"more\n"


def test_lines_longer_than_a_row_and_a_screen(rig: Rig) -> None:
    """Long input wraps, scrolls, and can be taken back again."""
    rig.write("$ ")
    reading = rig.read()
    text = "".join(chr(97 + at % 26) for at in range(150))
    rig.type(text)
    assert "".join(rig.terminal.text()) == ("$ " + text)[60:]
    rig.press("home", "A", "end", "Z")
    assert "".join(rig.terminal.text()).endswith(text[-80:] + "Z")
    for _ in range(141):
        rig.press("backspace")
    assert "".join(rig.terminal.text()).strip().endswith("A" + text[:10])
    rig.type("漢\t字\n")
    assert reading.data == ("A" + text[:10] + "漢\t字\n").encode()
    reading = rig.read()
    rig.control("set_mode", "edit")
    rig.type("q" * 19 + "漢")
    assert "\n".join(rig.terminal.text()).rstrip().endswith("q" * 19 + "\n漢")
    rig.press("home", "Z", "enter")
    assert reading.data == ("Z" + "q" * 19 + "漢").encode()


def test_output_while_a_line_is_typed(rig: Rig) -> None:
    """What others print goes behind the typed text, which is then shown again and can still be edited."""
    rig.write("$ ")
    reading = rig.read()
    rig.type("lz")
    rig.write("job done\n", pid=OTHER)
    assert rig.terminal.text()[-2:] == ["$ lzjob done", "lz"]
    rig.press("backspace")
    rig.type("s")
    assert rig.line(-1) == "ls"
    rig.press("enter")
    assert reading.data == b"ls\n"


def test_only_one_reads_at_a_time(rig: Rig) -> None:
    """A second reader is refused; a cancelled or closed read makes room and drops what was typed for it."""
    first = rig.read(SHELL)
    with pytest.raises(StatusError) as failure:
        rig.read(OTHER)
    assert failure.value.status == Status.DEVICE_BUSY
    rig.type("abc")
    rig.console.cancel(first.irp)
    second = rig.read(OTHER)
    rig.close(OTHER)
    assert second.status == Status.CANCELLED
    third = rig.read(SHELL)
    rig.type("x\n")
    assert third.data == b"x\n"


def test_reads_that_do_not_wait(rig: Rig) -> None:
    rig.control("set_nonblock", True)
    assert rig.read().data is None
    rig.type("ab")
    assert rig.read().data is None
    rig.type("c\n")
    assert rig.read().data == b"abc\n"
    rig.control("set_nonblock", False)
    assert rig.read().pending


# The shell's contract


def test_edit_mode_as_the_shell_uses_it(rig: Rig) -> None:
    """TAB and history hand the line over; set_buffer shows the new one where the old one stood."""
    rig.control("set_mode", "edit")
    rig.write("$ ")
    reading = rig.read()
    rig.type("ec\t")
    assert reading.data == b"\tec"
    assert rig.control("get_buffer") == ""
    rig.control("set_buffer", "echo ")
    assert rig.line(-1) == "$ echo"
    assert rig.control("get_cursor") == {"x": 8, "y": 5}
    reading = rig.read()
    rig.press("up")
    assert reading.data == b"\x1b[Aecho "
    rig.control("set_buffer", "ls")
    assert rig.line(-1) == "$ ls"
    reading = rig.read()
    rig.press("down")
    assert reading.data == b"\x1b[Bls"
    rig.write("\na.txt  b.txt\n$ ")
    rig.control("set_buffer", "cat ")
    reading = rig.read()
    rig.type("a\n")
    assert reading.data == b"cat a"
    assert rig.terminal.text()[-4:] == ["$ ls", "a.txt  b.txt", "$ cat a", ""]
    reading = rig.read()
    rig.press("ctrl+r")
    assert reading.data == b"\x12"
    rig.control("set_buffer", "typed")
    reading = rig.read()
    rig.press("ctrl+c")
    assert reading.data == b"\x03"
    assert rig.terminal.text()[-2:] == ["typed^C", ""]
    reading = rig.read()
    rig.press("enter")
    assert reading.data == b"\n"
    reading = rig.read()
    rig.press("ctrl+d")
    assert reading.data == b""


def test_ctrl_l_leaves_the_prompt_at_the_top(rig: Rig) -> None:
    rig.control("set_mode", "edit")
    rig.write("1\n2\n3\n$ ")
    rig.read()
    rig.type("abc")
    rig.press("left", "ctrl+l")
    assert rig.terminal.text() == ["$ abc", "", "", "", ""]
    rig.type("X")
    assert rig.line(1) == "$ abXc"
    assert [row[0].strip() for row in rig.terminal.scrollback][-3:] == ["1", "2", "3"]


def test_the_selection_is_shown_and_goes_with_the_line(rig: Rig) -> None:
    rig.control("set_mode", "edit")
    reading = rig.read()
    rig.type("abc")
    rig.press("left", shift=True)
    assert rig.control("get_selection") == "c"
    assert rig.terminal.cell(2, 4) == ("c", 0, 0x3399FF)
    rig.press("ctrl+c")
    assert rig.control("get_clipboard") == "c"
    rig.press("enter")
    assert reading.data == b"abc"
    assert rig.terminal.cell(2, 3) == ("c", 0xFFFFFF, 0)


def test_pasting(rig: Rig) -> None:
    """Cooked: as if typed, each line feed ends a line. Edit: one line, to be looked at before Enter."""
    reading = rig.read()
    rig.console.paste("one\r\ntwo\nthr", "player")
    assert reading.data == b"one\n"
    assert rig.read().data == b"two\n"
    reading = rig.read()
    rig.type("ee\n")
    assert reading.data == b"three\n"
    rig.control("set_mode", "edit")
    reading = rig.read()
    rig.console.paste("ls\x1b\n-l\n")
    assert reading.pending
    assert rig.line(-1) == "ls -l"
    rig.control("set_mode", "raw")
    assert reading.pending
    rig.console.paste("é\r\nz")
    assert reading.data == "é".encode()
    assert [rig.read().data, rig.read().data] == [b"\n", b"z"]


# Raw mode


def test_raw_mode_gives_each_key_and_mouse_event(rig: Rig) -> None:
    rig.control("set_mode", "raw")
    reading = rig.read()
    rig.press("up")
    assert reading.data == b"\x1b[A"
    rig.press("page up", "ctrl+c", "enter", "backspace")
    rig.console.click(3, 4, 0, "player")
    rig.console.drag(5, 4, 1)
    rig.console.wheel(1, 2, 2)
    rig.console.wheel(-1, 2, 2)
    assert [rig.read().data for _ in range(8)] == [
        b"\x1b[5~", b"\x03", b"\n", b"\b", b"\x1b[<0;3;4M", b"\x1b[<33;5;4M", b"\x1b[<64;2;2M", b"\x1b[<65;2;2M",
    ]
    assert rig.terminal.text() == [""] * 5
    assert rig.port.signals == []
    rig.press("left")
    assert [rig.read(length=1).data for _ in range(3)] == [b"\x1b", b"[", b"D"]


def test_mouse_events_are_for_raw_readers_only(rig: Rig) -> None:
    rig.console.click(1, 1, 0)
    rig.console.drag(1, 1, 0)
    rig.type("a\n")
    assert rig.read().data == b"a\n"


def test_a_raw_reader_hears_of_a_new_size_nobody_else_does(rig: Rig) -> None:
    """Height and width, as terminals report them; a reader of lines gets its line and nothing more."""
    rig.console.resized(30, 6)
    rig.type("a\n")
    assert rig.read().data == b"a\n"
    rig.control("set_mode", "raw")
    reading = rig.read()
    rig.console.resized(20, 8)
    assert reading.data == b"\x1b[48;8;20t"


# Whose mode it is


def test_a_program_that_dies_in_raw_mode_leaves_no_trace(rig: Rig) -> None:
    """Mode, echo and alternate screen belong to the process that set them, though it used the shell's open."""
    rig.write("before")
    rig.start(CAT)
    rig.control("set_mode", "raw", pid=CAT, file_id=SHELL)
    rig.control("set_echo", False, pid=CAT, file_id=SHELL)
    rig.control("enter_alt_screen", pid=CAT, file_id=SHELL)
    rig.write("\x1b[?1049h", pid=CAT, file_id=SHELL)
    assert rig.terminal.alt_depth == 2
    assert rig.control("get_mode", pid=CAT) == "raw"
    rig.end(CAT)
    assert rig.control("get_mode", pid=SHELL) == "cooked"
    rig.write(" after", pid=SHELL)
    assert rig.line(-1) == "before after"
    reading = rig.read(SHELL)
    rig.type("ok\n")
    assert reading.data == b"ok\n"
    assert rig.line(-2) == "before afterok"


def test_closing_restores_the_mode(rig: Rig) -> None:
    rig.control("set_mode", "raw", file_id=7)
    rig.control("enter_alt_screen", file_id=7)
    rig.close(8)
    assert rig.control("get_mode") == "raw"
    rig.close(7)
    assert rig.control("get_mode") == "cooked"
    assert rig.terminal.alt_depth == 0


def test_a_thread_reads_as_its_process_does(rig: Rig) -> None:
    rig.control("set_mode", "raw", pid=SHELL)
    rig.start(30)
    rig.port.processes[30]["tgid"] = SHELL
    rig.type("a")
    assert rig.read(30).data == b"a"


def test_the_child_of_a_shell_in_edit_mode_reads_cooked(rig: Rig) -> None:
    rig.control("set_mode", "edit", pid=SHELL)
    rig.type("x\n")
    assert rig.read(CAT, file_id=SHELL).data == b"x\n"
    rig.type("x\n")
    assert rig.read(SHELL).data == b"x"


# Signals and the foreground


def test_ctrl_c_goes_to_the_foreground_group(rig: Rig) -> None:
    """Typed text and type-ahead are dropped; the reader keeps waiting for what the signal does to it."""
    rig.control("set_mode", "edit", pid=SHELL)
    rig.start(CAT)
    rig.control("set_foreground", CAT)
    assert rig.control("get_foreground") == CAT
    reading = rig.read(CAT)
    rig.type("abc")
    rig.press("ctrl+c")
    assert rig.port.signals == [(CAT, 2)]
    assert reading.pending
    assert rig.terminal.text()[-2:] == ["abc^C", ""]
    rig.console.cancel(reading.irp)
    rig.type("typed ahead")
    rig.press("ctrl+\\", "ctrl+z")
    assert rig.port.signals == [(CAT, 2), (CAT, 3), (CAT, 20)]
    assert rig.terminal.text()[-3:] == ["^\\", "^Z", ""]
    assert rig.control("get_statistics")["queued_events"] == 0  # type: ignore[index]


def test_without_a_foreground_group_ctrl_c_only_drops_the_line(rig: Rig) -> None:
    reading = rig.read()
    rig.type("abc")
    rig.press("ctrl+c")
    rig.type("d\n")
    assert reading.data == b"d\n"
    assert rig.port.signals == []


def test_ctrl_c_between_two_prompts_waits_for_the_shell(rig: Rig) -> None:
    """The shell itself is in the foreground and in edit mode: no signal, it reads the key."""
    rig.control("set_mode", "edit")
    rig.control("set_foreground", SHELL)
    rig.press("ctrl+c")
    assert rig.port.signals == []
    assert rig.read().data == b"\x03"


def test_a_stopped_program_gives_way_to_the_shell_and_comes_back(rig: Rig) -> None:
    """Ctrl+Z: cat's read is put aside for the shell; `fg` brings it back."""
    rig.start(SHELL)
    rig.start(CAT)
    rig.control("set_foreground", CAT)
    cat = rig.read(CAT)
    rig.press("ctrl+z")
    rig.control("set_foreground", SHELL)
    shell = rig.read(SHELL)
    rig.type("fg\n")
    assert shell.data == b"fg\n"
    assert cat.pending
    rig.control("set_foreground", CAT)
    rig.type("meow\n")
    assert cat.data == b"meow\n"


def test_a_background_program_waits_for_its_turn(rig: Rig) -> None:
    """It gets no keys while the foreground group lives, and is served when that is gone."""
    rig.start(SHELL)
    rig.start(CAT)
    rig.control("set_foreground", SHELL)
    cat = rig.read(CAT)
    rig.type("ls\n")
    assert cat.pending
    shell = rig.read(SHELL)
    assert shell.data == b"ls\n"
    shell = rig.read(SHELL)
    cat2 = rig.read(OTHER)
    rig.console.cancel(cat2.irp)
    rig.console.cancel(shell.irp)
    assert cat.pending
    rig.end(SHELL)
    rig.type("mine\n")
    assert cat.data == b"mine\n"


def test_the_foreground_overtakes_a_background_reader(rig: Rig) -> None:
    rig.start(SHELL)
    rig.start(CAT)
    cat = rig.read(CAT)
    rig.terminal.feed(b"\f")
    rig.type("half")
    rig.console.openers.foreground = SHELL
    shell = rig.read(SHELL)
    rig.type("ls\n")
    assert (shell.data, cat.pending) == (b"ls\n", True)


def test_foreign_groups_cannot_be_put_in_the_foreground(rig: Rig) -> None:
    rig.start(40, uid=0)
    rig.start(5, uid=1000, ring=2)
    assert refused(rig, "set_foreground", 40) == Status.ACCESS_DENIED
    assert refused(rig, "set_foreground", 5) == Status.ACCESS_DENIED
    assert refused(rig, "set_foreground", -1) == Status.INVALID_PARAMETER
    rig.control("set_foreground", 0)


# The view


def test_scroll_keys_and_the_wheel(rig: Rig) -> None:
    """They work with and without a reader; any other key brings the live screen back."""
    rig.write("".join(f"{number}\n" for number in range(30)))
    rig.press("page up")
    assert rig.control("get_scroll_info") == {"offset": 2, "max": 30, "height": 5}
    rig.press("home")
    assert rig.control("get_scroll_info")["offset"] == 30  # type: ignore[index]
    rig.press("page down")
    rig.console.wheel(1, 1, 1)
    rig.console.wheel(-1, 1, 1)
    assert rig.terminal.view_offset() == 27
    rig.press("end")
    assert rig.terminal.view_offset() == 0
    reading = rig.read()
    rig.press("page up", "page up", "page down")
    assert rig.terminal.view_offset() == 2
    rig.type("a\n")
    assert (reading.data, rig.terminal.view_offset()) == (b"a\n", 0)
    rig.control("scroll_up", 7)
    rig.control("scroll_down")
    assert rig.terminal.view_offset() == 5
    rig.control("scroll_end")
    assert rig.terminal.view_offset() == 0


# Control methods


def test_bad_controls_are_refused_with_reasons(rig: Rig) -> None:
    assert refused(rig, "fly") == Status.NOT_IMPLEMENTED
    assert refused(rig, "set_mode") == Status.INVALID_PARAMETER
    assert refused(rig, "set_mode", "boiled") == Status.INVALID_PARAMETER
    assert refused(rig, "set_mode", 3) == Status.INVALID_PARAMETER
    assert refused(rig, "set_echo", 1) == Status.INVALID_PARAMETER
    assert refused(rig, "set_buffer", b"x") == Status.INVALID_PARAMETER
    assert refused(rig, "render_batch", "text") == Status.INVALID_PARAMETER
    assert refused(rig, "render_batch", [[1, 1]]) == Status.INVALID_PARAMETER
    assert refused(rig, "render_batch", [["1", 1, "x"]]) == Status.INVALID_PARAMETER
    assert refused(rig, "render_batch", [[1, 1, "x", -1]]) == Status.INVALID_PARAMETER
    assert refused(rig, "gpu_fill", 1, 1, 2, 2, "ab") == Status.INVALID_PARAMETER
    assert refused(rig, "gpu_fill", 1, 1, 2) == Status.INVALID_PARAMETER
    assert refused(rig, "gpu_free_buffer", 3) == Status.INVALID_PARAMETER
    assert refused(rig, "gpu_set_active_buffer", 3) == Status.INVALID_PARAMETER
    assert refused(rig, "gpu_alloc_buffer", 10_000, 10_000) == Status.UNSUCCESSFUL


def test_size_cursor_and_mode(rig: Rig) -> None:
    assert rig.control("get_size") == {"w": 20, "h": 5}
    assert rig.control("get_cursor") == {"x": 1, "y": 5}
    assert rig.control("get_mode") == "cooked"
    rig.control("set_buffer", "left over")
    rig.control("set_mode", "raw")
    assert (rig.control("get_mode"), rig.control("get_buffer")) == ("raw", "")


def test_drawing_directly(rig: Rig) -> None:
    """render_batch and gpu_fill change cells, and neither the cursor nor the colours of what is written later."""
    rig.write("\x1b[32m")
    rig.control("render_batch", [[1, 1, "red", 0xFF0000, 0x0000FF], [19, 2, "clipped"], [1, 3, "漢", None, 5]])
    rig.control("gpu_fill", 2, 4, 3, 9, "#", 1, 2)
    rig.control("render_batch", [18, 1, "one", 7, 8], [1, 2, "two"])
    assert rig.terminal.text() == ["red              one", "two               cl", "漢", " ###", " ###"]
    assert rig.terminal.cell(0, 0) == ("r", 0xFF0000, 0x0000FF)
    assert rig.terminal.cell(0, 2) == ("漢", 0x00FF00, 5)
    assert rig.terminal.cell(1, 4) == ("#", 1, 2)
    assert rig.control("get_cursor") == {"x": 1, "y": 5}
    rig.control("render_batch", [])


def test_drawing_buffers(rig: Rig) -> None:
    """A page is drawn out of sight, copied to the screen, and goes with its process."""
    assert rig.control("gpu_has_buffers") is True
    assert rig.control("gpu_alloc_buffer", 10, 3) == 1
    assert rig.control("gpu_alloc_buffer") == 2
    rig.control("gpu_set_active_buffer", 1)
    rig.control("render_batch", [[1, 1, "hidden"], [1, 2, "page"]])
    assert rig.terminal.text() == [""] * 5
    assert rig.control("gpu_bitblt", 0, 3, 2, 4, 2) is True
    assert rig.terminal.text() == ["", "  hidd", "  page", "", ""]
    assert rig.control("gpu_bitblt", 9) is False
    assert rig.control("gpu_bitblt", 0, 1, 1, 1, 1, 1, pid=OTHER) is False
    rig.control("gpu_free_buffer", 1)
    rig.control("render_batch", [[1, 5, "visible"]])
    assert rig.line(5) == "visible"
    rig.close(SHELL)
    assert rig.console.openers.buffers == {}


def test_reset(rig: Rig) -> None:
    rig.control("set_mode", "raw")
    rig.control("enter_alt_screen")
    rig.write("\x1b[31mx")
    rig.type("queued")
    rig.control("reset")
    assert rig.control("get_mode") == "cooked"
    assert (rig.terminal.text(), rig.terminal.alt_depth) == ([""] * 5, 0)
    rig.write("y")
    assert rig.terminal.cell(0, 0) == ("y", 0xFFFFFF, 0)
    assert rig.read().pending


def test_resizing_while_a_line_is_typed(rig: Rig) -> None:
    rig.write("$ ")
    reading = rig.read()
    rig.type("abcdefghijkl")
    rig.console.resized(10, 4)
    assert rig.terminal.text() == ["", "", "$ abcdefgh", "ijkl"]
    rig.press("backspace")
    rig.console.resized(40, 8)
    rig.type("K\n")
    assert reading.data == b"abcdefghijkK\n"
    assert "$ abcdefghijkK" in rig.terminal.text()


# Painting


def test_what_is_painted_is_what_the_model_shows() -> None:
    gpu = FakeGpu(20, 5)
    rig = Rig(20, 5, gpu)
    rig.write("plain\n\x1b[31mred\x1b[0m 漢字\n")
    assert rig.paint() == ["", "", "plain", "red 漢字", ""]
    assert gpu.cells[3][0] == ("r", 0xFF0000, 0)
    assert gpu.cells[3][4] == ("漢", 0xFFFFFF, 0)
    rig.write("\x1b[44m\x1b[2Jblue")
    assert rig.paint() == ["blue", "", "", "", ""]
    assert gpu.cells[4][19] == (" ", 0xFFFFFF, 0x0000FF)


def test_a_key_is_echoed_at_once_and_floods_are_painted_now_and_then() -> None:
    """The first change is painted as soon as nothing waits; the next ones at most once in FRAME_S."""
    gpu = FakeGpu(20, 5)
    rig = Rig(20, 5, gpu)
    rig.read()
    rig.type("a")
    assert rig.console.idle() is None
    assert gpu.lines()[4] == "a"
    rig.port.time += FRAME_S / 4
    rig.type("b")
    due = rig.console.idle()
    assert due == pytest.approx(FRAME_S * 3 / 4)
    assert gpu.lines()[4] == "a"
    rig.port.time += FRAME_S
    assert rig.console.idle() is None
    assert gpu.lines()[4] == "ab"
    gpu.calls.clear()
    assert rig.console.idle() is None
    assert gpu.calls == []


def test_a_flood_of_writes_is_painted_without_a_pause() -> None:
    """Writes that never let the queue run dry look at the clock themselves."""
    gpu = FakeGpu(20, 5)
    rig = Rig(20, 5, gpu)
    for number in range(1000):
        rig.port.time += FRAME_S / 50
        rig.write(f"{number}\n")
    assert gpu.lines()[3].isdigit()
    assert int(gpu.lines()[3]) > 900


def test_the_cursor_is_there_while_somebody_reads() -> None:
    gpu = FakeGpu(20, 5)
    rig = Rig(20, 5, gpu)
    rig.write("$ ")
    rig.paint()
    normal, inverted = (" ", 0xFFFFFF, 0), (" ", 0, 0xFFFFFF)
    assert gpu.cells[4][2] == normal
    reading = rig.read()
    rig.paint()
    assert gpu.cells[4][2] == inverted
    assert rig.terminal.cell(2, 4) == normal
    rig.type("漢")
    rig.press("left")
    rig.paint()
    assert gpu.cells[4][2] == ("漢", 0, 0xFFFFFF)
    rig.press("enter")
    rig.paint()
    assert reading.data == "漢\n".encode()
    assert gpu.cells[3][2] == ("漢", 0xFFFFFF, 0)
    rig.control("set_mode", "raw")
    rig.write("\x1b[?25l")
    rig.read()
    rig.paint()
    assert gpu.cells[4][0] == normal
    rig.write("\x1b[?1049h")
    rig.paint()
    assert gpu.cells[0][0] == normal
    rig.write("\x1b[?25h")
    rig.paint()
    assert gpu.cells[0][0] == inverted


def test_the_scroll_indicator() -> None:
    gpu = FakeGpu(40, 5)
    rig = Rig(40, 5, gpu)
    rig.write("".join(f"line {number}\n" for number in range(20)))
    rig.press("page up")
    assert rig.paint() == ["line 14", "line 15", "line 16", "line 17", "line 18".ljust(18) + " [-2 lines] PgUp/PgDn"]
    assert gpu.cells[4][39] == (" ", 0, 0xFFFF00)
    rig.press("end")
    assert rig.paint()[:4] == ["line 16", "line 17", "line 18", "line 19"]


def test_scrolling_is_one_copy() -> None:
    gpu = FakeGpu(20, 10)
    rig = Rig(20, 10, gpu)
    rig.write("".join(f"line {number}\n" for number in range(30)))
    rig.paint()
    gpu.calls.clear()
    rig.write("another\n")
    rig.paint()
    assert gpu.calls.count("copy") == 1
    assert len(gpu.calls) <= 5  # copy, two colours, a row or two
    assert gpu.lines()[-3:] == ["line 29", "another", ""]


def test_the_boot_log_scrolls_away_and_a_clear_removes_it() -> None:
    """What stood on the screen before us is moved up by the first lines, until something clears it."""
    gpu = FakeGpu(20, 8, legend="boot")
    rig = Rig(20, 8, gpu)
    rig.write("first\nsecond\n")
    assert rig.paint() == ["boot"] * 5 + ["first", "second", ""]
    rig.write("\f")
    assert rig.paint() == [""] * 8


def test_a_gpu_that_goes_away_and_another_that_comes() -> None:
    """The terminal works on blindly; a new GPU gets the whole picture."""
    gpu = FakeGpu(20, 5)
    rig = Rig(20, 5, gpu)
    rig.write("one\n")
    rig.paint()
    gpu.broken = True
    rig.write("two\n")
    rig.paint()
    assert rig.port.logged
    assert not rig.painter.attached
    rig.gpu = FakeGpu(20, 5, legend="noise")
    rig.painter.attach(rig.gpu)
    rig.console.touch()
    assert rig.paint() == ["", "", "one", "two", ""]


def test_resizing_repaints_everything() -> None:
    gpu = FakeGpu(20, 5)
    rig = Rig(20, 5, gpu)
    rig.write("one\ntwo")
    rig.paint()
    rig.gpu = bigger = FakeGpu(30, 7, legend="noise")
    rig.painter._gpu = bigger
    rig.console.resized(30, 7)
    assert rig.paint() == ["", "", "", "", "", "one", "two"]
