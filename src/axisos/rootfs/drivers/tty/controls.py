"""The control methods of the terminal: one table, name -> function of who asks and the arguments.

Columns, rows and buffer rectangles count from 1 in here, as programs see them.

    set_buffer [text]  get_buffer            the line being edited; set_buffer shows it where the line stands, or at the
                                             cursor if something was written since
    get_mode  set_mode [cooked|edit|raw]     of the calling process; setting drops the line
    set_echo [bool]  set_nonblock [bool]     of the calling process
    get_foreground  set_foreground [pgid]    who gets Ctrl+C and may read; 0 = nobody is singled out
    get_cursor {x, y}  get_size {w, h}  get_scroll_info {offset, max, height}
    scroll_up [n]  scroll_down [n]  scroll_end
    get_clipboard  get_selection
    enter_alt_screen  leave_alt_screen       calls nest; undone when the process ends
    render_batch [[x, y, text, fg?, bg?], ...]  gpu_fill [x, y, w, h, char, fg?, bg?]
    gpu_has_buffers  gpu_alloc_buffer [w, h]  gpu_free_buffer [i]  gpu_set_active_buffer [i]
    gpu_bitblt [dst, x, y, w, h, src, sx, sy]    drawing buffers of the calling process; buffer 0 is the screen
    reset  get_statistics

Raises      601 for arguments that make no sense, 301 for an unknown method, 500 for a foreground group of another user.
"""

from __future__ import annotations

from abi.status import Status, StatusError

from .grid import pack, unpack
from .line import MODES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from abi.irp import Irp

    from .console import Console
    from .grid import Grid

    Args = list[object]

_USER_RING = 2.5  # foreground groups are programs, not servers or drivers


class Controls:
    """DEVICE_CONTROL requests for *console*."""

    __slots__ = ("_console", "_methods")

    def __init__(self, console: Console) -> None:
        self._console = console
        self._methods: dict[str, Callable[[Irp, Args], object]] = {
            "set_buffer": self._set_buffer, "get_buffer": self._get_buffer,
            "get_mode": self._get_mode, "set_mode": self._set_mode, "set_echo": self._set_echo,
            "set_nonblock": self._set_nonblock,
            "get_foreground": self._get_foreground, "set_foreground": self._set_foreground,
            "get_cursor": self._get_cursor, "get_size": self._get_size, "get_scroll_info": self._get_scroll_info,
            "scroll_up": self._scroll_up, "scroll_down": self._scroll_down, "scroll_end": self._scroll_end,
            "get_clipboard": self._get_clipboard, "get_selection": self._get_selection,
            "enter_alt_screen": self._enter_alt_screen, "leave_alt_screen": self._leave_alt_screen,
            "render_batch": self._render_batch, "gpu_fill": self._gpu_fill,
            "gpu_has_buffers": self._gpu_has_buffers, "gpu_alloc_buffer": self._gpu_alloc_buffer,
            "gpu_free_buffer": self._gpu_free_buffer, "gpu_set_active_buffer": self._gpu_set_active_buffer,
            "gpu_bitblt": self._gpu_bitblt,
            "reset": self._reset, "get_statistics": self._get_statistics,
        }

    def control(self, device: object, irp: Irp) -> object:
        """Serve one DEVICE_CONTROL request."""
        method = self._methods.get(irp.parameters.method)
        if method is None:
            raise StatusError(Status.NOT_IMPLEMENTED, f"the terminal has no method {irp.parameters.method!r}")
        args = irp.parameters.args
        if args is None:
            args = []
        if not isinstance(args, (list, tuple)):
            raise StatusError(Status.INVALID_PARAMETER, f"{irp.parameters.method}: the arguments must be a list")
        return method(irp, list(args))

    # The line

    def _set_buffer(self, irp: Irp, args: Args) -> None:
        console = self._console
        console.line.set(_text(args, 0))
        if console.openers.find(irp.sender_pid).echo:
            console.echo.show(console.line)
            console.touch()

    def _get_buffer(self, irp: Irp, args: Args) -> str:
        return self._console.line.text

    def _get_clipboard(self, irp: Irp, args: Args) -> str:
        return self._console.line.clipboard

    def _get_selection(self, irp: Irp, args: Args) -> str:
        return self._console.line.selected

    # Settings of the caller

    def _get_mode(self, irp: Irp, args: Args) -> str:
        return self._console.openers.find(irp.sender_pid).mode

    def _set_mode(self, irp: Irp, args: Args) -> None:
        mode = _text(args, 0)
        if mode not in MODES:
            raise StatusError(Status.INVALID_PARAMETER, f"set_mode: {mode!r} is none of {', '.join(MODES)}")
        opener = self._console.openers.claim(irp.sender_pid, irp.file_id)
        opener.mode = mode
        self._console.configured(opener)

    def _set_echo(self, irp: Irp, args: Args) -> None:
        wanted = _boolean(args, 0)
        opener = self._console.openers.claim(irp.sender_pid, irp.file_id)
        opener.echo = wanted
        self._console.configured(opener)

    def _set_nonblock(self, irp: Irp, args: Args) -> None:
        wanted = _boolean(args, 0)
        self._console.openers.claim(irp.sender_pid, irp.file_id).nonblocking = wanted

    # The foreground group

    def _get_foreground(self, irp: Irp, args: Args) -> int:
        return self._console.openers.foreground

    def _set_foreground(self, irp: Irp, args: Args) -> None:
        group = _integer(args, 0)
        if group < 0:
            raise StatusError(Status.INVALID_PARAMETER, f"set_foreground: {group} is no process group")
        leader = self._console.openers.info(group) if group else None
        if leader is not None:
            uid, ring = leader.get("uid", irp.requester_uid), leader.get("ring", _USER_RING)
            if irp.requester_uid not in (0, uid) or (isinstance(ring, (int, float)) and ring < _USER_RING):
                raise StatusError(Status.ACCESS_DENIED, f"set_foreground: group {group} is not yours")
        self._console.set_foreground(group)

    # Size, cursor, view

    def _get_cursor(self, irp: Irp, args: Args) -> dict[str, int]:
        return {"x": self._console.terminal.x + 1, "y": self._console.terminal.y + 1}

    def _get_size(self, irp: Irp, args: Args) -> dict[str, int]:
        return {"w": self._console.terminal.width, "h": self._console.terminal.height}

    def _get_scroll_info(self, irp: Irp, args: Args) -> dict[str, int]:
        terminal = self._console.terminal
        return {"offset": terminal.view_offset(), "max": len(terminal.scrollback), "height": terminal.height}

    def _scroll_up(self, irp: Irp, args: Args) -> None:
        self._console.terminal.scroll_up(_integer(args, 0, self._console.terminal.height // 2))
        self._console.touch()

    def _scroll_down(self, irp: Irp, args: Args) -> None:
        self._console.terminal.scroll_down(_integer(args, 0, self._console.terminal.height // 2))
        self._console.touch()

    def _scroll_end(self, irp: Irp, args: Args) -> None:
        self._console.terminal.scroll_end()
        self._console.touch()

    # The alternate screen

    def _enter_alt_screen(self, irp: Irp, args: Args) -> None:
        self._console.alternate(irp.sender_pid, irp.file_id, enter=True)

    def _leave_alt_screen(self, irp: Irp, args: Args) -> None:
        self._console.alternate(irp.sender_pid, irp.file_id, enter=False)

    # Drawing

    def _target(self, irp: Irp) -> Grid:
        """What the caller draws on: its active buffer, or the screen."""
        openers = self._console.openers
        opener = openers.find(irp.sender_pid)
        page = openers.buffer(opener, opener.active_buffer) if opener.active_buffer else None
        return page or self._console.terminal

    def _colours(self, foreground: object, background: object) -> int:
        """Colours of a drawing call as a packed pair; what is missing is the current colour of the terminal."""
        current_foreground, current_background = unpack(self._console.terminal.attribute)
        return pack(
            current_foreground if foreground is None else _colour(foreground),
            current_background if background is None else _colour(background),
        )

    def _render_batch(self, irp: Irp, args: Args) -> None:
        # The list may be the argument list itself, or its only element.
        items = args[0] if len(args) == 1 and _is_batch(args[0]) else args
        target = self._target(irp)
        put = target.put
        assert isinstance(items, (list, tuple)), "a batch is a list"
        for number, item in enumerate(items, 1):
            if not isinstance(item, (list, tuple)) or not 3 <= len(item) <= 5:
                raise StatusError(Status.INVALID_PARAMETER, f"render_batch: item {number} is not [x, y, text, fg, bg]")
            x, y, text, *colours = item
            if type(x) is not int or type(y) is not int or type(text) is not str:
                raise StatusError(Status.INVALID_PARAMETER, f"render_batch: item {number} is not [x, y, text, fg, bg]")
            foreground, background = (*colours, None, None)[:2]
            put(x - 1, y - 1, text, self._colours(foreground, background))
        self._console.touch()

    def _gpu_fill(self, irp: Irp, args: Args) -> None:
        x, y, width, height = (_integer(args, at) for at in range(4))
        char = _text(args, 4)
        if len(char) != 1:
            raise StatusError(Status.INVALID_PARAMETER, "gpu_fill: one character is needed")
        colours = self._colours(*(*args[5:7], None, None)[:2])
        self._target(irp).fill(x - 1, y - 1, width, height, char, colours)
        self._console.touch()

    def _gpu_has_buffers(self, irp: Irp, args: Args) -> bool:
        return True  # they are kept here, not in the GPU

    def _gpu_alloc_buffer(self, irp: Irp, args: Args) -> int:
        terminal = self._console.terminal
        width, height = _integer(args, 0, terminal.width), _integer(args, 1, terminal.height)
        opener = self._console.openers.claim(irp.sender_pid, irp.file_id)
        return self._console.openers.add_buffer(opener, width, height, terminal.width * terminal.height)

    def _own_buffer(self, irp: Irp, index: int) -> None:
        openers = self._console.openers
        if openers.buffer(openers.find(irp.sender_pid), index) is None:
            raise StatusError(Status.INVALID_PARAMETER, f"there is no drawing buffer {index}")

    def _gpu_free_buffer(self, irp: Irp, args: Args) -> None:
        openers = self._console.openers
        opener = openers.find(irp.sender_pid)
        index = _integer(args, 0, opener.active_buffer)
        self._own_buffer(irp, index)
        del openers.buffers[index]
        if opener.active_buffer == index:
            opener.active_buffer = 0

    def _gpu_set_active_buffer(self, irp: Irp, args: Args) -> None:
        index = _integer(args, 0)
        if index:
            self._own_buffer(irp, index)
        self._console.openers.claim(irp.sender_pid, irp.file_id).active_buffer = index

    def _gpu_bitblt(self, irp: Irp, args: Args) -> bool:
        openers, terminal = self._console.openers, self._console.terminal
        opener = openers.find(irp.sender_pid)
        to, source = _integer(args, 0, 0), _integer(args, 5, opener.active_buffer)
        target = openers.buffer(opener, to) if to else terminal
        origin = openers.buffer(opener, source) if source else terminal
        if target is None or origin is None:
            return False
        x, y = _integer(args, 1, 1), _integer(args, 2, 1)
        width, height = _integer(args, 3, target.width), _integer(args, 4, target.height)
        from_x, from_y = _integer(args, 6, 1), _integer(args, 7, 1)
        target.blit(origin, x - 1, y - 1, width, height, from_x - 1, from_y - 1)
        self._console.touch()
        return True

    # The whole terminal

    def _reset(self, irp: Irp, args: Args) -> None:
        self._console.reset()

    def _get_statistics(self, irp: Irp, args: Args) -> dict[str, int]:
        return self._console.statistics()


def _is_batch(value: object) -> bool:
    """Is this a list of drawing items, and not one item?"""
    return isinstance(value, (list, tuple)) and all(isinstance(item, (list, tuple)) for item in value)


def _argument(args: Args, at: int, default: object, kind: str) -> object:
    value = args[at] if at < len(args) and args[at] is not None else default
    if value is None:
        raise StatusError(Status.INVALID_PARAMETER, f"argument {at + 1} is missing: {kind} is needed")
    return value


def _integer(args: Args, at: int, default: int | None = None) -> int:
    value = _argument(args, at, default, "a whole number")
    if type(value) is not int:
        raise StatusError(Status.INVALID_PARAMETER, f"argument {at + 1} must be a whole number, not {value!r:.40}")
    return value


def _text(args: Args, at: int) -> str:
    value = _argument(args, at, None, "text")
    if type(value) is not str:
        raise StatusError(Status.INVALID_PARAMETER, f"argument {at + 1} must be text, not {value!r:.40}")
    return value


def _boolean(args: Args, at: int) -> bool:
    value = _argument(args, at, None, "True or False")
    if type(value) is not bool:
        raise StatusError(Status.INVALID_PARAMETER, f"argument {at + 1} must be True or False, not {value!r:.40}")
    return value


def _colour(value: object) -> int:
    if type(value) is not int or not 0 <= value <= 0xFFFFFF:
        raise StatusError(Status.INVALID_PARAMETER, f"{value!r:.40} is not a colour between 0 and 0xFFFFFF")
    return value
