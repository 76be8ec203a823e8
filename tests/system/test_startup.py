"""system/vfs/startup and axis/driver_list: what the boot reads, and in which order drivers come."""

from __future__ import annotations

import pytest
from vfsrig import ETC

from axis.driver_list import DriverEntry, load_order, parse_drivers
from system.vfs.startup import Autoload, parse_autoload, parse_settings


def entry(name: str, priority: int = 500, depends: str = "", enabled: bool = True) -> DriverEntry:
    """A driver that depends on others, given as words."""
    return DriverEntry(name, f"/drivers/{name}.sys.py", enabled, priority, depends.split())


def order(*entries: DriverEntry) -> tuple[str, list[str]]:
    """The names in their order, and the problems."""
    ordered, problems = load_order(list(entries))
    return " ".join(entry.name for entry in ordered), problems


def test_priority_decides_and_dependencies_come_first() -> None:
    """Equal priorities keep the order of the file."""
    assert order(entry("b", 200), entry("a", 100), entry("c", 200)) == ("a b c", [])
    assert order(entry("a", 100, "z"), entry("b", 200), entry("z", 900, "y"), entry("y", 950)) == ("y z a b", [])


def test_missing_disabled_and_circular_dependencies() -> None:
    """A missing one is ignored and named; a circle leaves the priorities."""
    names, problems = order(entry("a", depends="gone off"), entry("off", enabled=False))
    assert names == "a"
    assert problems == ["a depends on gone, which is not configured", "a depends on off, which is disabled"]
    names, problems = order(entry("a", 3, "b"), entry("b", 2, "c"), entry("c", 1, "b"))
    assert names == "c b a" and "c -> b -> c" in problems[0]


class Loads:
    """Loads under way: a name is answered when the test says so."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.then: dict[str, object] = {}
        self.log: list[tuple[str, str]] = []

    def load(self, path: str, then: object) -> None:
        name = path.split("/")[-1].split(".")[0]
        self.asked.append(name)
        self.then[name] = then

    def end(self, name: str, status: int = 0) -> None:
        self.then[name](status, "because")  # type: ignore[operator]

    def start(self, *entries: DriverEntry) -> Loads:
        order, _ = load_order(list(entries))
        Autoload(order, self.load, lambda message, level: self.log.append((level, message)), 1).start()
        return self


def test_what_does_not_depend_is_loaded_at_once_the_rest_when_it_can_be() -> None:
    """Nothing waits for what it does not need; at the end there is one line."""
    loads = Loads().start(entry("net", 1), entry("disk", 2), entry("web", 3, "net"), entry("all", 4, "web disk"))
    assert loads.asked == ["net", "disk"]
    loads.end("net")
    assert loads.asked == ["net", "disk", "web"]
    loads.end("web")
    loads.end("disk")
    loads.end("all")
    assert loads.log == [("ok", "drivers: 4 loaded, 0 failed, 1 disabled")]


def test_what_depends_on_a_failure_is_skipped_and_said() -> None:
    """Through any number of steps."""
    loads = Loads().start(entry("net", 1), entry("web", 2, "net"), entry("browser", 3, "web"), entry("disk", 4))
    loads.end("net", 404)
    loads.end("disk")
    assert loads.asked == ["net", "disk"]
    assert [level for level, _ in loads.log] == ["fail", "warn", "warn", "warn"]
    assert "because" in loads.log[0][1] and "net" in loads.log[1][1] and "1 loaded, 3 failed" in loads.log[-1][1]


def test_a_circle_is_loaded_by_priority() -> None:
    """A dependency that comes later is not waited for."""
    loads = Loads().start(entry("a", 1, "b"), entry("b", 2, "a"))
    assert loads.asked == ["a"]
    loads.end("a")
    assert loads.asked == ["a", "b"]


def test_results_may_come_at_once() -> None:
    """A load that has ended before it was asked for is no special case."""
    asked = []
    log = []
    entries, _ = load_order([entry("a", 1), entry("b", 2, "a")])

    def load(path: str, then: object) -> None:
        asked.append(path)
        then(0, "")  # type: ignore[operator]

    Autoload(entries, load, lambda *line: log.append(line)).start()
    assert len(asked) == 2 and len(log) == 1


def test_driver_files() -> None:
    """The shipped ones make sense; of a broken one the rest is used, each mistake with its place."""
    entries, problems = parse_drivers((ETC / "drivers.toml").read_text())
    assert [entry.name for entry in entries] == ["null", "blkdev", "rbmk"] and not problems
    assert parse_autoload((ETC / "autoload.toml").read_text()) == []
    rows = (
        'name = "a"\npath = "/a"', 'name = "a"\npath = "/b"', 'path = "/c"', 'name = "d"\npath = "d"',
        'name = "e"\npath = "/e"\nenabled = 1', 'name = "f"\npath = "/f"\npriority = "high"',
        'name = "g"\npath = "/g"\ndepends = "a"',
    )
    entries, problems = parse_drivers("".join(f"[[driver]]\n{row}\n" for row in rows))
    assert [entry.name for entry in entries] == ["a"] and len(problems) == 6
    assert all(f"entry {number} " in problem for number, problem in enumerate(problems, 2))
    for text in ("driver = 3", "[[driver"):
        with pytest.raises(ValueError):
            parse_drivers(text)
    with pytest.raises(ValueError):
        parse_autoload('drivers = ["relative"]')


def test_settings() -> None:
    """The shipped ones are the defaults; a wrong value keeps the default and is named."""
    settings = parse_settings((ETC / "sys.toml").read_text())
    assert not settings.problems and settings.hostname == "AxisBox" and settings.logging.max_log_files == 5
    text = 'hostname = 3\n[logging]\nmax_log_files = 0\nlog_dir = "log"\nring_buffer_size = "big"\nvbl_dir = "/v"\n'
    settings = parse_settings(text)
    assert len(settings.problems) == 4 and settings.hostname == "AxisBox"
    assert (settings.logging.max_log_files, settings.logging.log_dir, settings.logging.vbl_dir) == (5, "/log", "/v")
    assert parse_settings("logging = 1").problems
