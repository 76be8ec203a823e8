"""Tables that pages take from the code are up to date; chapter 15 tells of each system call what is declared."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from abi.status import Status, all_statuses
from axisos import host
from axisos.machine.machine import Machine
from docs.pages import ROOT, script

doc_tables = script("doc_tables")
syscall_reference = script("syscall_reference")
PAGES = doc_tables.pages()
CHAPTER = ROOT / "docs" / "15-system-calls.md"
RINGS = (0, 1, 2, 2.5, 3)
ENTRY = re.compile(
    r"^### (?P<name>\w+)\n\n```text\n(?P<signature>.*?)\n```\n\n\*(?P<facts>.*?)\.\*$", re.DOTALL | re.MULTILINE
)
PARAMETER = re.compile(r"(?P<star>\*?)(?P<name>\w+)(?:: (?P<type>.*?))?(?: = (?P<default>.*))?", re.DOTALL)


@pytest.fixture(scope="module")
def booted() -> Iterator[Machine]:
    """A full machine at its login prompt."""
    with Machine(seed=7, boot_args={"timeout": 0}) as machine:
        machine.power_on()
        machine.run_until("login:")
        yield machine


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_shows_its_tables_as_the_code_has_them(page: Path) -> None:
    """`python scripts/doc_tables.py --write` brings a page up to date."""
    text = page.read_text()
    assert text.count("<!-- table: ") == len(doc_tables.PLACE.findall(text)), "a mark without its end"
    assert doc_tables.refreshed(text) == text


def test_a_wrong_table_is_found() -> None:
    """The check itself: what stands between the marks is replaced by what the code has."""
    page = "<!-- table: policy-rules -->\n| old |\n<!-- end -->\nafter\n"
    assert "| old |" not in doc_tables.refreshed(page)
    assert "`frame-attribute`" in doc_tables.refreshed(page)
    assert doc_tables.refreshed(page).endswith("<!-- end -->\nafter\n")


def test_code_in_a_cell_stays_as_it_is() -> None:
    """What is no code shows as it was written, too; a bar would be the next cell's everywhere."""
    assert doc_tables.cell("an int_ or `int_ | *args`") == "an int\\_ or `int_ \\| *args`"


LIBRARIES = ROOT / "src" / "axisos" / "rootfs" / "lib" / "axis"


def statuses_raised(library: str) -> dict[str, set[str]]:
    """Of each function, class and method of a library, the numbers in what its docstring says it raises."""
    found = {}

    def look(nodes: list[ast.stmt], prefix: str) -> None:
        for node in nodes:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                raises = re.search(r"\bRaises:? (.*?)(\.\s|\.?$)", ast.get_docstring(node) or "", re.DOTALL)
                found[prefix + node.name] = set(re.findall(r"\b[2-8]\d\d\b", raises[1])) if raises else set()
            if isinstance(node, ast.ClassDef):
                look(node.body, f"{node.name}.")

    look(ast.parse((LIBRARIES / f"{library}.py").read_text()).body, "")
    return found


@pytest.mark.parametrize("library", ["thread", "sync", "pipe", "ipc", "signals"])
def test_a_librarys_page_has_the_statuses_of_its_docstrings(library: str) -> None:
    """Row by row; a row that refers to another one apart."""
    raised = statuses_raised(library)
    page = (ROOT / "docs" / "17-libraries.md").read_text()
    [table] = re.findall(rf"^\| Function of `axis\.{library}` .*\n\|---.*\n((?:\|.*\n)+)", page, re.MULTILINE)
    for row in table.splitlines():
        first, *_, last = [cell.strip() for cell in row.strip("|").split(" | ")]
        names = re.findall(r"`(?:with )?([\w.]+)\(", first)
        if "as `" not in last:
            assert set(re.findall(r"\b\d{3}\b", last)) == set().union(*(raised[name] for name in names)), names


def test_every_status_is_told_once_with_where_it_comes_from() -> None:
    """The calls whose docstring names it or refers to one that does; their groups where they are many."""
    rows = {int(row.split(" | ")[0][2:]): row.split(" | ")[4] for row in list(doc_tables.statuses())[2:]}
    assert rows.keys() == {int(status) for status in all_statuses()}
    assert rows[822] == "[ke_release_mutex](15-system-calls.md#ke_release_mutex) |"
    assert "#posix-signals-and-process-groups" in rows[501], "its docstring only says: as process_kill"
    assert "[waits](15-system-calls.md#waits)" in rows[600]
    assert rows[607] == "nothing so far |"


def test_a_status_that_is_raised_and_told_nowhere_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some code names it, no call's docstring does, and the table has no words for it: then somebody must find some."""
    monkeypatch.delitem(doc_tables.NOT_FROM_CALLS, "WOULD_DEADLOCK")
    with pytest.raises(LookupError, match="WOULD_DEADLOCK"):
        list(doc_tables.statuses())


def test_an_object_type_that_is_told_wrongly_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind that is missing, and one of which the table says that something happens where nothing does."""
    types = doc_tables.OBJECT_TYPES
    monkeypatch.setitem(types, "KeEvent", ("an event", {"close": "it sings"}))
    with pytest.raises(LookupError, match="KeEvent"):
        list(doc_tables.object_types())
    monkeypatch.delitem(types, "KeEvent")
    with pytest.raises(LookupError, match="KeEvent"):
        list(doc_tables.object_types())


def entries(text: str) -> dict[str, tuple[tuple[float, ...], list[tuple[str, str]]]]:
    """What the chapter says of each call: its rings, and its parameters by name with the text of their defaults."""
    found = {}
    for match in ENTRY.finditer(text):
        facts = match["facts"].lower().split("; ")
        rings = RINGS if facts[0] == "all rings" else tuple(float(each) for each in facts[0][5:].split(", "))
        inner = " ".join(match["signature"].split()).removeprefix(f"{match['name']}(").strip()
        inner = inner[: inner.rindex(")")].strip().removesuffix(",")
        parameters = []
        for part in re.split(r", (?![^\[]*\])", inner) if inner else []:
            parsed = PARAMETER.fullmatch(part)
            assert parsed is not None, f"{match['name']}: {part!r}"
            parameters.append((parsed["star"] + parsed["name"], parsed["default"] or ""))
        found[match["name"]] = (rings, parameters)
    return found


def declared(machine: Machine, name: str) -> list[tuple[str, str]]:
    """The parameters of a call that the kernel declares, by name with the text of their defaults."""
    return [
        (f"*{each.name}" if each.variadic else each.name, "" if each.required or each.variadic else repr(each.default))
        for each in machine.kernel.table.entries[name].parameters
    ]


def test_the_reference_has_each_call_with_its_rings_and_parameters(booted: Machine) -> None:
    """The page as a reader parses it, against the table of a machine: names, rings, parameters, defaults."""
    told = entries(CHAPTER.read_text())
    table = booted.kernel.table
    assert told.keys() == {name for calls in table.by_ring.values() for name in calls}
    for name, (rings, parameters) in told.items():
        assert rings == tuple(ring for ring in RINGS if name in table.by_ring[ring]), name
        if name in table.entries:
            assert parameters == declared(booted, name), name


def test_a_wrong_entry_is_found(booted: Machine) -> None:
    """The check itself: a changed ring, a changed default and a lost call are seen."""
    text = CHAPTER.read_text()
    right = entries(text)
    assert entries(text.replace("*Ring 1; does not block", "*Ring 1, 2; does not block")) != right
    assert entries(text.replace("count: int = 1)", "count: int = 2)")) != right
    assert entries(text.replace("### vfs_open\n", "")) != right


def test_a_service_takes_what_the_reference_says(booted: Machine) -> None:
    """Of calls that services answer: handlers that take bare arguments take those of the page, by name."""
    told = entries(CHAPTER.read_text())
    kernel = booted.kernel
    for name in told.keys() - kernel.table.entries.keys():
        handler = syscall_reference.handler_of(kernel.messages.server_of(name), name)
        code, defaults = handler.__code__, handler.__defaults__ or ()
        names = code.co_varnames[2 : code.co_argcount]
        if names:  # the logon service takes a request and looks into it itself: see the next test
            texts = [""] * (len(names) - len(defaults)) + [repr(each) for each in defaults]
            assert told[name][1] == list(zip(names, texts, strict=True)), name


def test_arguments_of_a_wrong_type_or_number_are_refused(tmp_path: Path) -> None:
    """A call that ring 3 may make answers 601 to one argument too many, or to a type that it does not name."""
    calls = {
        name: call for name, call in doc_tables.calls().items()
        if 3 in call.rings and name not in ("process_exit", "computer_shutdown", "computer_reboot", "process_elevate")
    }  # fmt: skip
    plan = []
    for name, call in calls.items():
        variadic = any(each.startswith("*") for each in call.parameters)
        if not variadic:
            plan.append((name, ["x"] * (len(call.parameters) + 1)))
        typed = bool(call.parameters) and ": object" not in call.parameters[0] and not variadic
        if typed and all(" = " in each for each in call.parameters[1:]):
            plan.append((name, [{"of": "a type that no call takes first"}]))
    source = f"""
from abi.status import StatusError
for name, arguments in {plan!r}:
    try:
        syscall(name, *arguments)
    except StatusError as error:
        if int(error.status) != 601:
            print(name, arguments, int(error.status), error.detail)
    else:
        print(name, arguments, "was accepted")
print("done")
"""
    program = tmp_path / "plan.py"
    program.write_text(source)
    with Machine(seed=7) as machine:
        result = host.run(machine, str(program), user="root")  # uid 0, so that no call is refused for another reason
    assert result.stdout.decode() == "done\n"


def test_what_a_call_raises_has_a_number() -> None:
    """Each word in capitals behind Raises is a status of the table or says what is missing."""
    for name, call in doc_tables.calls().items():
        for word in re.findall(r"\b[A-Z][A-Z_]{3,}\b", call.parts.get("Raises", "")):
            rights = word in ("READ", "WRITE", "DEVICE_CONTROL", "IRQL", "SIGPIPE", "SIGKILL", "SIGSTOP")
            assert rights or isinstance(getattr(Status, word, None), Status), f"{name}: {word}"


def test_each_call_of_the_original_is_here_or_is_accounted_for() -> None:
    """A call is not listed as missing when it is there, nor as new when it is not."""
    names = set(doc_tables.calls())
    missing = {name for row in syscall_reference.MISSING for name in row.split()}
    assert not names & missing
    assert names >= syscall_reference.NEW


def test_a_call_that_may_be_refused_because_it_would_sleep_says_that_it_blocks() -> None:
    """The column that says which calls sleep is made from that."""
    calls = doc_tables.calls()
    refused = [name for name in calls if "WOULD_BLOCK" in syscall_reference.statuses_of(calls, name)]
    assert [name for name in refused if not calls[name].blocks] == []
