"""The host of a user-mode driver alone: the test plays kernel, DKMS and driver, and sees every call that it makes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from abi.driver import DEVICE_FLAG_DIRECT, DEVICE_FLAG_SEEKABLE, DRIVER_TYPE_UMD, DeviceObject
from abi.irp import IRP_MJ_CREATE, IRP_MJ_DEVICE_CONTROL, IRP_MJ_READ, Irp
from abi.status import Status, StatusError
from system import driverhost
from system.driver_books import ONLINE, Driver
from system.driverdispatch import Dispatcher
from system.driverhost import DriverHost

PM, DKMS, HOST, CHILD, WATCHER, CHILD_THREAD, STRANGER = 2, 3, 40, 41, 42, 43, 50
FILES = {"/drivers/x.sys.py": b"# what DKMS has judged"}
ENV = {
    "driver_path": "/drivers/x.sys.py", "driver_files": FILES, "driver_closed": True, "component_info": None,
    "pm_pid": PM, "dkms_pid": DKMS,
}


class Idle(Exception):
    """The host has nothing to do."""


class World:
    """What a host can see: its messages, DKMS's answers, and a driver whose queue has so much room."""

    def __init__(self, room: int = 64) -> None:
        self.room = room
        self.messages: list[tuple[Any, ...]] = []
        self.to_child: list[tuple[Any, ...]] = []  # not read yet
        self.to_thread: list[tuple[Any, ...]] = []
        self.completed: list[tuple[int, int, object]] = []
        self.reports: list[tuple[Any, ...]] = []
        self.refuses: dict[str, StatusError] = {}  # calls that fail
        self.watch: Any = None
        self.host = DriverHost(self.syscall, ENV)

    def tell(self, sender: int, name: str, *values: object) -> None:
        """The host gets a message and does what it says."""
        self.messages.append((sender, name, *values))
        self.go_on()

    def go_on(self) -> None:
        self.looked = False
        try:
            self.host.serve()
        except Idle:
            pass

    def ask(self, kind: object, payload: object = None, sender: int = CHILD, **more: object) -> None:
        """The driver, or somebody, asks the host for something."""
        self.tell(sender, "umd_request", {"type": kind, "payload": payload, **more})

    def start(self) -> None:
        """Up to where the driver serves."""
        self.tell(DKMS, "driver_init", {"driver_path": ENV["driver_path"]})
        self.to_child.clear()
        self.ask("complete_init", {"status": 0, "majors": [3]})
        self.reports.clear()

    def irp(self, irp_id: int) -> None:
        self.tell(DKMS, "irp_dispatch", {"irp_id": irp_id}, 3)

    def statuses(self) -> list[int]:
        """Of the replies that the driver has in its queue."""
        return [message[1]["status"] for message in self.to_child if message[0] == "umd_reply"]

    def syscall(self, name: str, *args: Any) -> Any:
        if name in self.refuses:
            raise self.refuses[name]
        return getattr(self, name)(*args)

    def signal_pull(self, timeout_ms: int | None) -> Any:
        if self.messages:
            return self.messages.pop(0)
        if timeout_ms is None or self.looked:
            raise Idle
        self.looked = True  # its time is over once; it would look again for ever
        return None

    def signal_send(self, pid: int, name: str, *values: object) -> bool:
        queue = self.to_child if pid == CHILD else self.to_thread
        assert pid in (CHILD, CHILD_THREAD), f"the host sends {name} to {pid}"
        if len(queue) >= self.room:
            raise StatusError(Status.QUOTA_EXCEEDED, "full")
        queue.append((name, *values))
        return True

    def process_get_pid(self) -> int:
        return HOST

    def process_spawn_image(
        self, path: str, ring: float, env: dict[str, object], files: dict[str, bytes], closed: bool
    ) -> int:
        assert (path, ring, files, closed) == (ENV["driver_path"], 3, FILES, True)
        assert env == {"component_info": None, "pm_pid": PM, "host_pid": HOST}
        return CHILD

    def process_thread(self, body: Any) -> int:
        self.watch = body
        return WATCHER

    def process_info(self, pid: int) -> dict[str, object]:
        return {"tgid": CHILD if pid == CHILD_THREAD else pid}

    def dkms_complete_irp(self, irp_id: int, status: int, information: object) -> int:
        assert type(irp_id) is int and type(status) is int
        self.completed.append((irp_id, status, information))
        return 0

    def dkms_create_device(self, name: object) -> object:
        if name != "good":
            raise StatusError(Status.DEVICE_ALREADY_EXISTS, "taken")
        return {"device_name": name}

    def dkms_host_report(self, what: str, value: int, rest: object) -> int:
        assert type(value) is int
        self.reports.append((what, value, rest))
        return 0

    def kernel_log(self, _text: str, _level: str) -> bool:
        return True


@pytest.fixture
def world() -> World:
    made = World()
    made.start()
    return made


def test_the_start() -> None:
    """DKMS hears who the driver is and, once, what it answers; the driver hears who it is."""
    world = World()
    world.ask("complete_init", {"status": 0})  # nobody has been started yet
    world.tell(STRANGER, "driver_init", {})
    assert world.reports == [] and world.to_child == []
    world.tell(DKMS, "driver_init", {"driver_path": "/drivers/x.sys.py"})
    assert world.reports == [("child", CHILD, None)]
    assert world.to_child == [("umd_initialize", {"driver_path": "/drivers/x.sys.py"})]
    world.ask("complete_init", {"status": 0, "majors": [3, 4]})
    world.ask("complete_init", {"status": 604})
    assert world.reports[1:] == [("init_complete", 0, [3, 4])]


def test_a_driver_that_cannot_be_started() -> None:
    """302, the reason, and the host ends."""
    world = World()
    world.refuses["process_spawn_image"] = StatusError(Status.QUOTA_EXCEEDED, "too many processes")
    world.messages.append((DKMS, "driver_init", {}))
    world.host.serve()
    assert world.reports == [("init_complete", 302, "its process could not be started: too many processes")]


def test_a_driver_whose_entry_fails_takes_the_host_with_it() -> None:
    """Its own status, or 404 for something that is none."""
    for status, said in ((406, 406), ("no", 404)):
        world = World()
        world.tell(DKMS, "driver_init", {})
        world.messages.append((CHILD, "umd_request", {"type": "complete_init", "payload": {"status": status}}))
        world.host.serve()
        assert world.reports[1:] == [("init_complete", said, driverhost.ALL_MAJORS)]


def test_the_end_of_the_driver_is_the_hosts(world: World) -> None:
    """Only its own watcher is believed."""
    world.tell(STRANGER, "child_ended")
    world.tell(CHILD, "child_ended")
    world.messages.append((WATCHER, "child_ended"))
    world.host.serve()


def test_a_request_goes_down_and_comes_back(world: World) -> None:
    """Once; what was not asked for, or has been answered, is refused without asking DKMS."""
    world.irp(7)
    assert world.to_child == [("umd_irp", {"irp_id": 7})]
    world.ask("complete_request", {"irp": 7, "status": 0, "info": b"x"})
    world.ask("complete_request", {"irp": 7, "status": 0, "info": b"y"})
    world.ask("complete_request", {"irp": 8, "status": 0})
    world.ask("complete_request", {"irp": "7"})
    assert world.completed == [(7, 0, b"x")]
    assert world.statuses() == [0, 601, 601, 601]


def test_a_quiet_request_is_answered_only_when_it_fails(world: World) -> None:
    """Also when DKMS refuses it: it had given the request up."""
    world.irp(7)
    world.irp(8)
    world.ask("complete_request", {"irp": 7, "status": 0}, quiet=True)
    world.refuses["dkms_complete_irp"] = StatusError(Status.INVALID_PARAMETER, "not yours any more")
    world.ask("complete_request", {"irp": 8, "status": 0}, quiet=True)
    assert world.completed == [(7, 0, None)] and world.statuses() == [601]


def test_a_thread_of_the_driver_gets_its_own_answers(world: World) -> None:
    """A stranger gets none."""
    world.ask("create_device", {"device_name": "good"}, sender=CHILD_THREAD)
    world.ask("create_device", {"device_name": "good"}, sender=STRANGER)
    assert world.to_thread == [("umd_reply", {"status": 0, "data": {"device_name": "good"}})]
    assert world.to_child == []


@pytest.mark.parametrize(
    "request_value", [None, 7, [], {}, {"type": 3}, {"type": ["x"]}, {"type": "create_device", "payload": 5}]
)
def test_requests_that_make_no_sense(world: World, request_value: object) -> None:
    """Each is answered with an error; the host goes on."""
    world.tell(CHILD, "umd_request", request_value)
    world.tell(CHILD, "umd_request")
    assert world.statuses() in ([301, 301], [406, 301])
    world.irp(1)
    assert world.to_child[-1] == ("umd_irp", {"irp_id": 1})


def test_pings_are_the_drivers_to_answer(world: World) -> None:
    """No pong without a ping, one for each, and none while the driver is silent."""
    world.ask("pong", {})
    world.tell(DKMS, "driver_ping", 1)
    assert world.to_child == [("umd_ping", 1)] and world.reports == []
    world.ask("pong", {})
    world.ask("pong", {})
    assert world.reports == [("pong", 0, None)]


def test_a_driver_that_reads_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no room waits here, up to a limit; then new requests get 604. It can still be withdrawn, unseen."""
    monkeypatch.setattr(driverhost, "MAX_HELD", 4)
    monkeypatch.setattr(driverhost, "MAX_WAITING", 6)
    world.room = 1
    for irp_id in range(1, 7):
        world.irp(irp_id)
    assert world.to_child == [("umd_irp", {"irp_id": 1})]
    assert [each[:2] for each in world.completed] == [(5, 604), (6, 604)]
    world.tell(DKMS, "irp_cancel", 3)
    assert world.completed[2][:2] == (3, 611)
    for _ in range(9):
        world.ask("noise")
    assert len(world.host._waiting) == 6
    world.tell(DKMS, "irp_cancel", 1)  # this one it has: it is told, after what it has not read yet
    world.room = 64
    world.go_on()
    kinds = [(name, value if name == "umd_cancel" else value.get("irp_id", 0)) for name, value in world.to_child]
    assert kinds == [("umd_irp", 1), ("umd_irp", 2), ("umd_irp", 4), *[("umd_reply", 0)] * 4, ("umd_cancel", 1)]


def test_an_answer_to_a_request_that_it_has_not_seen(world: World) -> None:
    """A number that the driver has guessed is refused; the request still comes, and can be withdrawn until then."""
    world.room = 1
    for irp_id in (1, 2, 3):
        world.irp(irp_id)
    world.ask("complete_request", {"irp": 2, "status": 0})
    assert world.completed == []
    world.tell(DKMS, "irp_cancel", 2)
    assert [each[:2] for each in world.completed] == [(2, 611)]
    world.room = 64
    world.go_on()
    assert [value.get("irp_id") for _, value in world.to_child] == [1, 3, None]
    assert world.statuses() == [601]


def test_an_unload_that_fails_and_one_that_succeeds(world: World) -> None:
    """The driver's word is passed on, only when it was asked."""
    world.ask("complete_unload", {"status": 0})
    assert world.reports == []
    world.tell(DKMS, "driver_unload")
    world.ask("complete_unload", {"status": 604})
    world.irp(1)
    world.tell(DKMS, "driver_unload")
    world.ask("complete_unload", {})
    assert world.reports == [("unload_complete", 604, None), ("unload_complete", 408, None)]
    assert [message[0] for message in world.to_child] == ["umd_unload", "umd_irp", "umd_unload"]


class HostMachine(RuleBasedStateMachine):
    """Random requests, withdrawals, answers, strangers, and a driver that reads when it likes."""

    LIMIT = 5

    @initialize()
    def begin(self) -> None:
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(driverhost, "MAX_HELD", self.LIMIT)
        self.patch.setattr(driverhost, "MAX_WAITING", 8)
        self.world = World(room=3)
        self.world.start()
        self.sent: list[int] = []
        self.seen: list[int] = []  # requests that the driver has read
        self.answered: list[int] = []

    def teardown(self) -> None:
        if hasattr(self, "patch"):
            self.patch.undo()

    @rule()
    def request(self) -> None:
        self.sent.append(len(self.sent) + 1)
        self.world.irp(self.sent[-1])

    @rule(irp_id=st.integers(0, 12))
    def cancel(self, irp_id: int) -> None:
        self.world.tell(DKMS, "irp_cancel", irp_id)

    @rule(irp_id=st.integers(0, 12), sender=st.sampled_from([CHILD, CHILD_THREAD, STRANGER]), quiet=st.booleans())
    def answer(self, irp_id: int, sender: int, quiet: bool) -> None:
        before = len(self.world.completed)
        self.world.ask("complete_request", {"irp": irp_id, "status": 0}, sender=sender, quiet=quiet)
        assert sender != STRANGER or len(self.world.completed) == before

    @rule(kind=st.sampled_from(["noise", "create_device", "pong", "complete_unload", "complete_init"]))
    def ask(self, kind: str) -> None:
        self.world.ask(kind, {"status": 0})

    @rule()
    def read(self) -> None:
        for name, *values in self.world.to_child:
            if name == "umd_irp":
                self.seen.append(values[0]["irp_id"])
        self.world.to_child.clear()
        self.world.to_thread.clear()
        self.world.go_on()

    @invariant()
    def one_answer_each(self) -> None:
        if not hasattr(self, "world"):
            return
        answered = [irp_id for irp_id, *_ in self.world.completed]
        assert len(answered) == len(set(answered)) and set(answered) <= set(self.sent)
        held = self.world.host._held
        assert sorted([*answered, *held]) == self.sent  # each is with the driver or answered, and never both
        assert len(held) <= self.LIMIT
        assert self.seen == sorted(self.seen)
        if len(self.world.to_child) < 3:
            assert self.world.host._waiting == []


TestHostMachine = HostMachine.TestCase
TestHostMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


# --- DKMS's side: requests of user-mode drivers ----------------------------------------------------------------------


class NoBooks:
    """A registry that keeps nothing."""

    def add_device(self, device: object, driver: object) -> None: ...

    def add_link(self, link: str, device: object) -> None: ...


@pytest.fixture
def dispatcher() -> Any:
    """A dispatcher with two user-mode drivers online, and what it has sent."""
    sent: list[tuple[Any, ...]] = []
    books: Any = NoBooks()
    made: Any = Dispatcher(lambda *message: sent.append(message), lambda *_: None, books, PM, lambda _: None, list)
    made.sent, made.drivers = sent, []
    for pid, name in ((HOST, "Box"), (HOST + 10, "Bin")):
        driver = Driver(pid, f"/drivers/{name}", None, {"driver_name": name, "driver_type": DRIVER_TYPE_UMD})
        made.create_device(driver, f"\\Device\\{name}")
        driver.state, driver.majors = ONLINE, frozenset({IRP_MJ_CREATE, IRP_MJ_READ, IRP_MJ_DEVICE_CONTROL})
        made.drivers.append(driver)
    return made


def test_a_host_gets_fields_and_gives_numbers(dispatcher: Any) -> None:
    """Nothing but plain data goes to it; the caller gets what it says, and an open gets the device."""
    box = dispatcher.drivers[0]
    irp = Irp(7, IRP_MJ_READ, "\\Device\\Box", 25, PM, 1000, 1000, 3, 4, length=9)
    dispatcher.dispatch(irp)
    fields = {
        "irp_id": 7, "major_function": IRP_MJ_READ, "device_name": "\\Device\\Box", "sender_pid": 25, "file_id": 4,
        "requester_uid": 1000, "requester_gid": 1000, "requester_ring": 3, "flags": 0, "length": 9, "offset": 0,
    }
    assert dispatcher.sent.pop() == (HOST, "irp_dispatch", fields, IRP_MJ_READ)
    del fields["offset"]
    assert vars_of(Irp(reply_pid=PM, **fields)) == {**vars_of(irp), "driver_pid": 0, "device_object": None, "step": ""}
    dispatcher.complete_plain(box, 7, 0, b"data")
    assert dispatcher.sent.pop() == (PM, "irp_complete", 7, 0, b"data")

    control = Irp(8, IRP_MJ_DEVICE_CONTROL, "\\Device\\Box", 25, PM, method="m", args=[1])
    dispatcher.dispatch(control)
    assert (dispatcher.sent[-1][2]["method"], dispatcher.sent.pop()[2]["args"]) == ("m", [1])
    opened = Irp(9, IRP_MJ_CREATE, "\\Device\\Box", 25, PM, args=["rw"])
    dispatcher.dispatch(opened)
    dispatcher.complete_plain(box, 9, 0, "whatever")
    assert dispatcher.sent.pop() == (PM, "irp_complete", 9, 0, HOST)
    assert isinstance(opened.device_object, DeviceObject)
    assert not opened.device_object.flags & DEVICE_FLAG_DIRECT  # PM has no way round DKMS


def test_a_host_completes_only_what_it_has(dispatcher: Any) -> None:
    """Not another driver's request, not one twice, nor what is no number; a status that is none is a failure."""
    box, other = dispatcher.drivers
    dispatcher.dispatch(Irp(7, IRP_MJ_READ, "\\Device\\Box", 25, PM))
    dispatcher.sent.clear()
    for driver, irp_id in ((other, 7), (box, 8), (box, "7"), (box, None), (box, 7.0)):
        with pytest.raises(StatusError) as failure:
            dispatcher.complete_plain(driver, irp_id, 0, b"")
        assert failure.value.status == Status.INVALID_PARAMETER
    assert dispatcher.sent == []
    dispatcher.complete_plain(box, 7, "fine", b"")
    assert dispatcher.sent == [(PM, "irp_complete", 7, Status.UNSUCCESSFUL, b"")]
    with pytest.raises(StatusError):
        dispatcher.complete_plain(box, 7, 0, b"")


def vars_of(irp: Irp) -> dict[str, object]:
    """All fields of a request, to compare."""
    parameters = irp.parameters
    fields = {name: getattr(irp, name) for name in Irp.__slots__ if name not in ("parameters", "io_status")}
    return fields | {name: getattr(parameters, name) for name in ("data", "length", "method", "args")}


def test_what_a_host_says_of_its_device(dispatcher: Any) -> None:
    """Its time limits and positions, in exactly this form, and of no other driver's device."""
    box, other = dispatcher.drivers
    device = box.devices["\\Device\\Box"]
    dispatcher.set_device(box, device.device_name, {"time_limits": {IRP_MJ_READ: 2.5, IRP_MJ_CREATE: None}})
    dispatcher.set_device(box, device.device_name, {"seekable": True, "size": 9})
    assert (device.time_limits, device.flags, device.size) == (
        {IRP_MJ_READ: 2.5, IRP_MJ_CREATE: None}, DEVICE_FLAG_SEEKABLE, 9
    )
    dispatcher.set_device(box, device.device_name, {})
    dispatcher.set_device(box, device.device_name, {"seekable": False})
    assert (device.flags, device.size) == (0, None)
    for facts in (
        None, [], {"x": 1}, {"time_limits": []}, {"time_limits": {99: 1}}, {"time_limits": {3: 0}}, {"seekable": 1},
        {"time_limits": {3: "1"}}, {"time_limits": {3: True}}, {"seekable": True, "size": -1}, {"size": 1.5},
    ):
        with pytest.raises(StatusError) as failure:
            dispatcher.set_device(box, device.device_name, facts)
        assert failure.value.status == Status.INVALID_PARAMETER
    for driver, name, status in ((other, device.device_name, 500), (box, "nothing", 405), (box, None, 405)):
        with pytest.raises(StatusError) as failure:
            dispatcher.set_device(driver, name, {})
        assert failure.value.status == status
