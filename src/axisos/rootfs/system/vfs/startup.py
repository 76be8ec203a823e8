"""What the boot reads from /etc, and loading the drivers of a list in their order (the list: `axis.driver_list`).

Called by   the Pipeline Manager's ten steps.
Owns        a list of drivers while they are being loaded, nothing else.
Always so   a driver is asked for when all that it depends on has been loaded, and not before; a file that makes no
            sense is reported and its defaults are used.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from axis.driver_list import DriverEntry

    Log = Callable[[str, str], object]  # (message, level)

DEFAULT_HOSTNAME = "AxisBox"
RING_DEVICE = "/dev/ringlog"


class LogSettings:
    """[logging] of /etc/sys.toml."""

    __slots__ = (
        "enable_log_rotation_saver", "enable_screen_log", "log_device", "log_dir", "max_log_files", "max_log_size",
        "ring_buffer_size", "vbl_dir",
    )

    def __init__(self) -> None:
        self.enable_screen_log = True  # until the terminal takes the screen
        self.ring_buffer_size = 8192  # bytes
        self.log_device = RING_DEVICE  # "" for none
        self.enable_log_rotation_saver = True
        self.max_log_files = 5  # in each directory
        self.max_log_size = 262_144  # bytes; a file that would become larger is followed by the next
        self.log_dir = "/log"
        self.vbl_dir = "/vbl"


class SystemSettings:
    """/etc/sys.toml."""

    __slots__ = ("hostname", "logging", "problems", "raw_logging")

    def __init__(self) -> None:
        self.hostname = DEFAULT_HOSTNAME
        self.logging = LogSettings()
        self.raw_logging: dict[str, object] = {}  # as written
        self.problems: list[str] = []

    def logging_in_force(self) -> dict[str, object]:
        """[logging] as it holds now; what is written there and means nothing to us stands as it is."""
        known = {name: getattr(self.logging, name) for name in LogSettings.__slots__}
        return {**self.raw_logging, **known}


def parse_settings(text: str) -> SystemSettings:
    """The settings of /etc/sys.toml; what is missing or of the wrong type keeps its default and is a problem.

    Raises: ValueError when it is no TOML.
    """
    import tomllib

    document = tomllib.loads(text)
    settings = SystemSettings()
    hostname = document.get("hostname", settings.hostname)
    if type(hostname) is str and hostname.strip():
        settings.hostname = hostname.strip()
    else:
        settings.problems.append("hostname must be a text")
    rows = document.get("logging", {})
    if type(rows) is not dict:
        settings.problems.append("[logging] must be a table")
        return settings
    settings.raw_logging = rows
    for name in LogSettings.__slots__:
        default = getattr(settings.logging, name)
        value = rows.get(name, default)
        if type(value) is not type(default):
            settings.problems.append(f"logging.{name} must be a {type(default).__name__}; {default!r} is used")
        elif type(value) is int and value < 1:
            settings.problems.append(f"logging.{name} must be 1 or more; {default!r} is used")
        elif name.endswith("_dir") and not str(value).startswith("/"):
            settings.problems.append(f"logging.{name} must be an absolute path; {default!r} is used")
        elif name == "log_device" and value and not str(value).startswith("/dev/"):
            settings.problems.append(f'logging.{name} must be a path below /dev, or ""; {default!r} is used')
        else:
            setattr(settings.logging, name, value)
    return settings


def override_ring(settings: SystemSettings, entries: list[tuple[str, object]]) -> list[str]:
    """What fstab's ringfs entries say of the log's device goes before what sys.toml says; the last one counts.

    Args:    entries: (path, value of the option `size`) of each.
    Returns: what is odd about that, in words.
    """
    logging, problems = settings.logging, []
    for path, size in entries:
        if path.startswith("/dev/"):
            logging.log_device = path
        if type(size) is int and size > 0:
            logging.ring_buffer_size = size
        elif size is not None:
            problems.append(f"{path}: size={size} is no number of bytes; {logging.ring_buffer_size} is used")
    for name in ("log_device", "ring_buffer_size"):
        written, used = settings.raw_logging.get(name), getattr(logging, name)
        if written is not None and written != used:
            problems.append(f"a ringfs entry says {used}, which goes before logging.{name} = {written}")
    return problems


def parse_autoload(text: str) -> list[str]:
    """The paths of /etc/autoload.toml.

    Raises: ValueError when it is no TOML or no list of paths.
    """
    import tomllib

    paths = tomllib.loads(text).get("drivers", [])
    if type(paths) is not list or not all(type(path) is str and path.startswith("/") for path in paths):
        raise ValueError("drivers is a list of absolute paths")
    return paths


class Autoload:
    """Loads the drivers of a list, as many at once as their dependencies allow."""

    def __init__(
        self, order: list[DriverEntry], load: Callable[[str, Callable[[int, str], object]], object], log: Log,
        disabled: int = 0,
    ) -> None:
        self._waiting = order
        self._load = load  # (path, then(status, message)): asks for a load and says how it went
        self._log = log
        self._disabled = disabled
        self._names = {entry.name for entry in order}
        self._loaded: set[str] = set()
        self._failed: set[str] = set()
        self._total = len(order)

    def start(self) -> None:
        """Ask for every driver that can be loaded now; the others follow as results come."""
        self._drop_circles()
        self._advance()

    def _advance(self) -> None:
        """Deal with every entry whose dependencies have come to an end; results may come while one is asked for."""
        while (entry := self._next_ready()) is not None:
            self._waiting.remove(entry)
            missing = next((name for name in entry.depends if name in self._failed), None)
            if missing is None:
                self._load(entry.path, self._then(entry))
            else:
                self._log(f"driver {entry.name} is not loaded: {missing}, which it depends on, is not", "warn")
                self._end(entry, False)

    def _next_ready(self) -> DriverEntry | None:
        for entry in self._waiting:
            if all(name in self._loaded or name in self._failed or name not in self._names for name in entry.depends):
                return entry
        return None

    def _then(self, entry: DriverEntry) -> Callable[[int, str], object]:
        def then(status: int, message: str) -> None:
            if status != 0:
                self._log(f"driver {entry.name} ({entry.path}) is not loaded: {message}", "fail")
            self._end(entry, status == 0)
            self._advance()

        return then

    def _end(self, entry: DriverEntry, is_loaded: bool) -> None:
        (self._loaded if is_loaded else self._failed).add(entry.name)
        if len(self._loaded) + len(self._failed) == self._total:
            loaded, failed = len(self._loaded), len(self._failed)
            summary = f"drivers: {loaded} loaded, {failed} failed, {self._disabled} disabled"
            self._log(summary, "warn" if failed else "ok")

    def _drop_circles(self) -> None:
        """Dependencies that run backwards in the order given cannot be waited for."""
        before: set[str] = set()
        for entry in self._waiting:
            before.add(entry.name)
            entry.depends = [name for name in entry.depends if name in before or name not in self._names]
