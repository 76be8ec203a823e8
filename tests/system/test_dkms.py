"""DKMS with real drivers on a small kernel: loads, requests, deaths, unloads."""

from __future__ import annotations

import pytest

from abi.irp import IRP_MJ_CLOSE, IRP_MJ_CREATE, IRP_MJ_DEVICE_CONTROL, IRP_MJ_READ, IRP_MJ_WRITE
from abi.status import Status
from small_kernel import PM, SmallKernel, small_kernel

HEAD = """
from axis import dk
DRIVER_INFO = {{"driver_name": "{name}", "driver_type": dk.DRIVER_TYPE_KMD, "load_priority": 500, "version": "1.0"}}
"""

ECHO = HEAD.format(name="Echo") + r'''
def on_read(device, irp):
    return b"hello"

def on_open(device, irp):
    return None

def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_CREATE] = driver.dispatch[dk.IRP_MJ_CLOSE] = on_open
    driver.dispatch[dk.IRP_MJ_READ] = on_read
    dk.create_device(driver, r"\Device\Echo0")
    dk.create_symbolic_link("/dev/echo", r"\Device\Echo0")

def driver_unload(driver):
    dk.delete_symbolic_link("/dev/echo")
    dk.delete_device(r"\Device\Echo0")

dk.run(driver_entry, driver_unload)
'''

LATE = HEAD.format(name="Late") + r'''
held = []

def hold(device, irp):
    held.append(irp)
    return dk.PENDING

def control(device, irp):
    if irp.parameters.method == "release":
        for each in held:
            dk.complete_request(each, dk.Status.SUCCESS, b"at last")
        held.clear()
    elif irp.parameters.method == "sleep":
        syscall("sleep_for_ever")
    elif irp.parameters.method == "steal":
        dk.complete_request(irp.parameters.args[0], 0, b"stolen")
    else:
        return dk.PENDING

def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_CREATE] = driver.dispatch[dk.IRP_MJ_CLOSE] = lambda device, irp: None
    driver.dispatch[dk.IRP_MJ_READ] = hold
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = control
    dk.create_device(driver, r"\Device\Late0")
    dk.create_symbolic_link("/dev/late", r"\Device\Late0")

dk.run(driver_entry)
'''


def hanging(name: str, device: str) -> str:
    return HEAD.format(name=name) + f'''
def driver_entry(driver):
    dk.create_device(driver, r"{device}")
    dk.create_symbolic_link("/dev/{name.lower()}", r"{device}")
    dk.register_interrupt("key_down")
    syscall("sleep_for_ever")

dk.run(driver_entry)
'''


def nothing_is_left_of(kernel: SmallKernel, name: str) -> None:
    """No process but DKMS, no device, no link, no key, no interrupt."""
    assert kernel.drivers() == []
    assert kernel.namespace == {}
    assert not [key for key in kernel.registry if "DEV" in key or name in key]
    kernel.from_pm("dkms_list_devices_request", 5)
    assert kernel.pm.pop() == ("dkms_list_devices_result", 5, [])


def test_a_driver_is_loaded_serves_and_is_unloaded() -> None:
    """The straight path, with everything that the books show on the way."""
    with small_kernel({"/drivers/echo.sys.py": ECHO}) as kernel:
        assert kernel.load("/drivers/echo.sys.py") == (0, "Echo", 4)
        device = kernel.registry["@VT\\DEV\\VIRT_001"]
        assert device["DeviceName"] == "\\Device\\Echo0" and device["FriendlyName"] == "echo"
        assert device["Status"] == "online" and device["DriverPID"] == 4
        assert kernel.registry["@VT\\DRV\\Echo"]["Status"] == "loaded"
        assert kernel.namespace["\\DosDevices\\echo"] == "\\Device\\Echo0"

        assert kernel.ask(IRP_MJ_CREATE, "/dev/echo", file_id=1) == (0, 4)  # PM learns the driver's pid
        device_object = kernel.open("/dev/echo", 2)
        assert kernel.ask(IRP_MJ_READ, "\\Device\\Echo0", file_id=1) == (0, b"hello")
        assert kernel.ask(IRP_MJ_READ, "/dev/echo", file_id=1) == (0, b"hello")

        kernel.from_pm("dkms_list_devices_request", 5)
        assert kernel.pm.pop() == ("dkms_list_devices_result", 5, ["echo"])

        refused = kernel.call("driver_unload", "Echo")
        assert kernel.answers[refused][0] == Status.DEVICE_BUSY  # a file is open
        kernel.ask(IRP_MJ_CLOSE, "/dev/echo", file_id=2)
        device_object.open_count -= 1
        unloaded = kernel.call("driver_unload", "Echo")
        assert kernel.answers[unloaded] == (0, "Echo was unloaded")
        nothing_is_left_of(kernel, "Echo")
        assert kernel.ask(IRP_MJ_READ, "/dev/echo")[0] == Status.NO_SUCH_DEVICE


def test_requests_that_no_driver_can_answer() -> None:
    """405 for an unknown device, 301 for a request that the driver has no handler for."""
    with small_kernel({"/drivers/echo.sys.py": ECHO}) as kernel:
        kernel.load("/drivers/echo.sys.py")
        assert kernel.ask(IRP_MJ_CREATE, "/dev/nothing")[0] == Status.NO_SUCH_DEVICE
        assert kernel.ask(IRP_MJ_WRITE, "/dev/echo", data=b"x")[0] == Status.NOT_IMPLEMENTED


def test_loading_twice_is_loading_once() -> None:
    """A second load of an online driver succeeds and starts nothing; so does one while the first is under way."""
    with small_kernel({"/drivers/echo.sys.py": ECHO}) as kernel:
        assert kernel.load("/drivers/echo.sys.py") == kernel.load("/drivers/echo.sys.py") == (0, "Echo", 4)
        assert kernel.ask(IRP_MJ_READ, "/dev/echo") == (0, b"hello")
        assert kernel.drivers() == [4]
    with small_kernel({"/drivers/echo.sys.py": ECHO}) as kernel:
        kernel.dkms.messages.append((PM, "load_driver_path_request", "/drivers/echo.sys.py", 1))
        kernel.dkms.messages.append((PM, "load_driver_path_request", "/drivers/echo.sys.py", 2))
        kernel.run()
        assert kernel.pm == [("load_driver_result", 1, 0, "Echo", 4), ("load_driver_result", 2, 0, "Echo", 4)]


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        ("    raise dk.StatusError(604, 'busy')\n", Status.DEVICE_BUSY),
        ("    return 605\n", Status.DEVICE_NOT_READY),
        ("    1 / 0\n", Status.DRIVER_INIT_FAILED),
        ("    raise SystemExit\n", Status.DRIVER_INIT_FAILED),
    ],
    ids=["a StatusError", "a status", "an error", "death"],
)
def test_a_failed_load_leaves_nothing_behind(ending: str, status: Status) -> None:
    """Device, link, interrupt, keys and process are gone before the failure is reported."""
    source = HEAD.format(name="Bad") + (
        'def driver_entry(driver):\n    dk.create_device(driver, r"\\Device\\Bad0")\n'
        '    dk.create_symbolic_link("/dev/bad", r"\\Device\\Bad0")\n    dk.register_interrupt("key_down")\n'
        f"{ending}\ndk.run(driver_entry)\n"
    )
    with small_kernel({"/drivers/bad.sys.py": source}) as kernel:
        result = kernel.load("/drivers/bad.sys.py")
        assert result[0] == status and result[2] == -1
        nothing_is_left_of(kernel, "Bad")
        kernel.from_pm("os_event", "key_down", "keyboard", 97, 30, "player")  # nobody listens, nobody complains
        assert kernel.load("/drivers/bad.sys.py")[0] == status  # not "online already"


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("def driver_entry(:\n", Status.INVALID_DRIVER_OBJECT),
        ("def driver_entry(driver):\n    pass\n", Status.INVALID_DRIVER_INFO),
        ("DRIVER_INFO = {'driver_name': open('x')}\ndef driver_entry(driver):\n    pass\n", Status.INVALID_DRIVER_INFO),
        (HEAD.format(name="NoEntry"), Status.INVALID_DRIVER_ENTRY),
        (ECHO.replace("dk.DRIVER_TYPE_KMD", "'FloppyDriver'"), Status.INVALID_DRIVER_TYPE),
        (ECHO.replace("dk.DRIVER_TYPE_KMD", "dk.DRIVER_TYPE_CMD"), Status.INVALID_PARAMETER),
        (ECHO + "def broken(:\n", Status.INVALID_DRIVER_OBJECT),
        (HEAD.format(name="X").replace("_KMD", "_UMD") + "def driver_entry(d): ...\n", Status.INVALID_DRIVER_ENTRY),
    ],
    ids=["syntax", "no info", "not literal", "no entry", "unknown type", "no address", "syntax below", "no user entry"],
)
def test_a_file_that_is_no_driver(source: str, status: Status) -> None:
    """Each stage of the pipeline has its own status."""
    with small_kernel({"/drivers/x.sys.py": source}) as kernel:
        assert kernel.load("/drivers/x.sys.py")[0] == status
        nothing_is_left_of(kernel, "x")


def test_a_driver_that_hangs_in_its_entry_delays_nobody() -> None:
    """Others load and serve meanwhile; after ten seconds of machine time it is given up and cleaned away."""
    files = {"/drivers/hang.sys.py": hanging("Hang", "\\Device\\Hang0"), "/drivers/echo.sys.py": ECHO}
    with small_kernel(files) as kernel:
        kernel.from_pm("load_driver_path_request", "/drivers/hang.sys.py", 9)
        assert kernel.pm == []
        assert kernel.load("/drivers/echo.sys.py") == (0, "Echo", 5)
        assert kernel.ask(IRP_MJ_READ, "/dev/echo") == (0, b"hello")

        early = kernel.irp(IRP_MJ_CREATE, "/dev/hang")  # it waits for the load that may bring its driver
        kernel.from_pm("vfs_io_request", early)
        kernel.advance(9.9)
        assert kernel.pm == []
        kernel.advance(0.2)
        assert kernel.pm.pop(0)[:3] == ("load_driver_result", 9, Status.DRIVER_INIT_FAILED)
        assert kernel.answer_to(early)[0] == Status.NO_SUCH_DEVICE
        assert kernel.namespace.keys() == {"\\Device\\Echo0", "\\DosDevices\\echo"}
        assert kernel.drivers() == [5]


def test_requests_keep_their_place_behind_an_earlier_load() -> None:
    """PM may ask for a load and use the device at once: the request waits for the driver, not the other way round."""
    with small_kernel({"/drivers/echo.sys.py": ECHO}) as kernel:
        irp = kernel.irp(IRP_MJ_READ, "/dev/echo")
        kernel.dkms.messages.append((PM, "load_driver_path", "/drivers/echo.sys.py"))
        kernel.dkms.messages.append((PM, "vfs_io_request", irp))
        kernel.run()
        assert kernel.answer_to(irp) == (0, b"hello")


def test_a_driver_dies_with_requests_in_its_hands() -> None:
    """They end with 605; its devices stay, shut, until a second later its successor takes them over."""
    with small_kernel({"/drivers/late.sys.py": LATE}) as kernel:
        kernel.load("/drivers/late.sys.py")
        kernel.open("/dev/late", 1)
        irps = [kernel.irp(IRP_MJ_READ, "/dev/late") for _ in range(3)]
        for irp in irps:
            kernel.from_pm("vfs_io_request", irp)
        assert kernel.pm == []
        kernel.process_kill(kernel.dkms, 4, 9)
        kernel.run()
        assert [kernel.answer_to(irp)[0] for irp in irps] == [Status.DEVICE_NOT_READY] * 3
        assert kernel.notices == [("driver_gone", 4, 605, "the driver Late died")]
        assert kernel.registry["@VT\\DRV\\Late"]["Status"] == "restarting"
        assert kernel.registry["@VT\\DEV\\VIRT_001"]["Status"] == "restarting"
        assert kernel.ask(IRP_MJ_CREATE, "/dev/late") == (Status.DEVICE_NOT_READY, "Late is restarting")

        kernel.advance(1)
        assert kernel.notices[-1] == ("driver_restarted", ["\\Device\\Late0"], 5)
        assert kernel.registry["@VT\\DRV\\Late"]["Status"] == "loaded"
        assert kernel.registry["@VT\\DRV\\Late"]["RestartCount"] == 1
        device = kernel.registry["@VT\\DEV\\VIRT_001"]
        assert (device["Status"], device["DriverPID"], device["Symlink"]) == ("online", 5, "/dev/late")
        held = kernel.irp(IRP_MJ_READ, "/dev/late")
        kernel.from_pm("vfs_io_request", held)
        kernel.control("/dev/late", "release")
        assert kernel.answer_to(held) == (0, b"at last")


def test_a_driver_that_dies_too_often_is_given_up() -> None:
    """After 1, 2 and 4 s it is started again, then no more: 405 and quarantine, until somebody loads it by name."""
    with small_kernel({"/drivers/late.sys.py": LATE}) as kernel:
        kernel.load("/drivers/late.sys.py")
        for restart, delay in enumerate((1, 2, 4), 1):
            kernel.process_kill(kernel.dkms, kernel.drivers()[0], 9)
            kernel.advance(delay - 0.1)
            assert kernel.drivers() == []
            kernel.advance(0.2)
            assert kernel.registry["@VT\\DRV\\Late"]["RestartCount"] == restart
        kernel.process_kill(kernel.dkms, kernel.drivers()[0], 9)
        kernel.advance(60)
        assert kernel.drivers() == [] and kernel.namespace == {}
        assert kernel.ask(IRP_MJ_CREATE, "/dev/late")[0] == Status.NO_SUCH_DEVICE
        key = kernel.registry["@VT\\DRV\\Late"]
        assert (key["Status"], key["Reason"]) == ("failed", "it died, after 3 restarts")
        (row,) = kernel.answers[kernel.call("driver_query")][1]  # type: ignore[misc]
        assert (row["name"], row["state"], row["pid"]) == ("Late", "failed", 0)
        assert row["reason"] == "it died, after 3 restarts"

        assert kernel.load("/drivers/late.sys.py")[0] == 0
        assert "Reason" not in kernel.registry["@VT\\DRV\\Late"]
        kernel.process_kill(kernel.dkms, kernel.drivers()[0], 9)
        kernel.advance(1.1)
        assert len(kernel.drivers()) == 1, "its budget is new as well"


def test_restarts_long_ago_do_not_count() -> None:
    """A driver that dies once a minute goes on for ever."""
    with small_kernel({"/drivers/late.sys.py": LATE}) as kernel:
        kernel.load("/drivers/late.sys.py")
        for _ in range(6):
            kernel.process_kill(kernel.dkms, kernel.drivers()[0], 9)
            kernel.advance(61)
            assert len(kernel.drivers()) == 1


def test_a_successor_that_does_not_start_is_tried_again() -> None:
    """Its devices keep waiting; nothing of the failed start is left."""
    with small_kernel({"/drivers/late.sys.py": LATE}) as kernel:
        kernel.load("/drivers/late.sys.py")
        failing = LATE.replace("def driver_entry(driver):\n", "def driver_entry(driver):\n    undone = 1\n").replace(
            '    dk.create_symbolic_link("/dev/late", r"\\Device\\Late0")\n', "    1 / 0\n"
        )
        assert "1 / 0" in failing
        kernel.files["/drivers/late.sys.py"] = failing.encode()
        kernel.process_kill(kernel.dkms, 4, 9)
        kernel.advance(1.5)
        assert kernel.drivers() == []
        assert kernel.ask(IRP_MJ_CREATE, "/dev/late") == (Status.DEVICE_NOT_READY, "Late is restarting")
        kernel.files["/drivers/late.sys.py"] = LATE.encode()
        kernel.advance(2)
        assert kernel.ask(IRP_MJ_CREATE, "/dev/late")[0] == 0
        assert kernel.namespace["\\DosDevices\\late"] == "\\Device\\Late0"


@pytest.mark.parametrize("links", [True, False])
def test_a_successor_that_takes_back_what_it_has_made_leaves_it_as_it_was(links: bool) -> None:
    """A device that it had taken over and deletes before it fails goes on waiting; after a reload it goes."""
    made = '    dk.create_symbolic_link("/dev/late", r"\\Device\\Late0")\n'
    tidy = LATE.replace(made, f'{made if links else ""}    dk.delete_device(r"\\Device\\Late0")\n    1 / 0\n')
    assert "1 / 0" in tidy
    with small_kernel({"/drivers/late.sys.py": LATE}) as kernel:
        kernel.load("/drivers/late.sys.py")
        kernel.files["/drivers/late.sys.py"] = tidy.encode()
        kernel.process_kill(kernel.dkms, 4, 9)
        kernel.advance(1.5)
        assert kernel.drivers() == []
        assert kernel.ask(IRP_MJ_CREATE, "/dev/late") == (Status.DEVICE_NOT_READY, "Late is restarting")
        kernel.files["/drivers/late.sys.py"] = LATE.encode()
        kernel.advance(2)
        assert kernel.ask(IRP_MJ_CREATE, "/dev/late")[0] == 0
        kernel.files["/drivers/late.sys.py"] = tidy.encode()
        assert kernel.answers[kernel.call("driver_reload", "Late")][0] == Status.DRIVER_INIT_FAILED
        nothing_is_left_of(kernel, "Late")
        assert "KeyError" not in kernel.log_text()


def test_a_successor_may_offer_less() -> None:
    """A device that it had taken over and deletes before it has started is gone when it has."""
    made = '    dk.create_symbolic_link("/dev/late", r"\\Device\\Late0")\n'
    less = LATE.replace(made, made + '    dk.delete_device(r"\\Device\\Late0")\n')
    with small_kernel({"/drivers/late.sys.py": LATE}) as kernel:
        kernel.load("/drivers/late.sys.py")
        kernel.files["/drivers/late.sys.py"] = less.encode()
        assert kernel.answers[kernel.call("driver_reload", "Late")] == (0, "Late was reloaded")
        assert kernel.ask(IRP_MJ_CREATE, "/dev/late")[0] == Status.NO_SUCH_DEVICE
        assert kernel.namespace == {}


def test_a_driver_that_waits_to_be_started_can_be_unloaded_or_started_at_once() -> None:
    """Either ends the wait."""
    with small_kernel({"/drivers/late.sys.py": LATE}) as kernel:
        kernel.load("/drivers/late.sys.py")
        kernel.process_kill(kernel.dkms, 4, 9)
        kernel.run()
        assert kernel.load("/drivers/late.sys.py") == (0, "Late", 5)
        kernel.process_kill(kernel.dkms, 5, 9)
        kernel.run()
        assert kernel.answers[kernel.call("driver_unload", "Late")][0] == 0
        kernel.advance(30)
        nothing_is_left_of(kernel, "Late")


def test_a_driver_is_replaced_while_in_use() -> None:
    """Requests wait, opens go on, the new file serves under the same names; only what was held ends with 605."""
    unload = "def driver_unload(driver):\n"
    slow_unload = ECHO.replace(unload, f'{unload}    syscall("process_sleep", 50)\n')
    with small_kernel({"/drivers/echo.sys.py": slow_unload}) as kernel:
        kernel.load("/drivers/echo.sys.py")
        kernel.open("/dev/echo", 7)
        kernel.files["/drivers/echo.sys.py"] = ECHO.replace('b"hello"', 'b"new"').encode()
        request = kernel.call("driver_reload", "Echo")
        assert kernel.notices == [("driver_detach", 4)] and request not in kernel.answers
        waiting = kernel.irp(IRP_MJ_READ, "/dev/echo", file_id=7)
        kernel.from_pm("vfs_io_request", waiting)
        assert kernel.pm == []
        kernel.advance(1)
        assert kernel.answers[request] == (0, "Echo was reloaded")
        assert kernel.answer_to(waiting) == (0, b"new")
        assert kernel.drivers() == [5] and kernel.registry["@VT\\DEV\\VIRT_001"]["DriverPID"] == 5
        told = [name for name, *_ in kernel.notices]
        assert told == ["driver_detach", "driver_gone", "routes_changed", "driver_restarted"]


def test_a_reload_that_cannot_be() -> None:
    """A broken file changes nothing; a driver that refuses stays; if the new one fails, all its devices are gone."""
    with small_kernel({"/drivers/echo.sys.py": ECHO}) as kernel:
        kernel.load("/drivers/echo.sys.py")
        kernel.files["/drivers/echo.sys.py"] = b"def driver_entry(:"
        assert kernel.answers[kernel.call("driver_reload", "Echo")][0] == Status.INVALID_DRIVER_OBJECT
        assert kernel.ask(IRP_MJ_READ, "/dev/echo") == (0, b"hello")
        assert kernel.answers[kernel.call("driver_reload", "Nobody")][0] == Status.NO_SUCH_DEVICE
        assert kernel.answers[kernel.call("driver_reload", "Echo", uid=1000)][0] == Status.PRIVILEGE_NOT_HELD
        kernel.files["/drivers/echo.sys.py"] = ECHO.replace("    dk.create_d", "    1 / 0\n    dk.create_d").encode()
        status, text = kernel.answers[kernel.call("driver_reload", "Echo")]
        assert status == Status.DRIVER_INIT_FAILED and "is not loaded any more" in str(text)
        nothing_is_left_of(kernel, "Echo")
    stubborn = ECHO.replace("def driver_unload(driver):\n", "def driver_unload(driver):\n    return 604\n")
    with small_kernel({"/drivers/echo.sys.py": stubborn}) as kernel:
        kernel.load("/drivers/echo.sys.py")
        assert kernel.answers[kernel.call("driver_reload", "Echo")][0] == Status.DEVICE_BUSY
        assert kernel.ask(IRP_MJ_READ, "/dev/echo") == (0, b"hello")


def test_only_the_holder_completes_a_request_and_only_once() -> None:
    """A driver that completes another's request gets 601 and a log line; nobody else notices."""
    thief = LATE.replace("Late", "Thief").replace("late", "thief")
    files = {"/drivers/late.sys.py": LATE, "/drivers/thief.sys.py": thief}
    with small_kernel(files) as kernel:
        kernel.load("/drivers/late.sys.py")
        kernel.load("/drivers/thief.sys.py")
        held = kernel.irp(IRP_MJ_READ, "/dev/late")
        kernel.from_pm("vfs_io_request", held)
        status, _ = kernel.ask(IRP_MJ_DEVICE_CONTROL, "/dev/thief", method="steal", args=[held])
        assert status == Status.INVALID_PARAMETER
        assert "which is not with it" in kernel.log_text()
        assert kernel.pm == []

        assert kernel.ask(IRP_MJ_DEVICE_CONTROL, "/dev/late", method="release") == (0, None)
        assert kernel.answer_to(held) == (0, b"at last")
        again = kernel.ask(IRP_MJ_DEVICE_CONTROL, "/dev/late", method="steal", args=[held])
        assert again[0] == Status.INVALID_PARAMETER
        assert kernel.pm == []


def test_a_request_is_withdrawn() -> None:
    """The driver lets go of it and it ends with 611, once."""
    with small_kernel({"/drivers/late.sys.py": LATE}) as kernel:
        kernel.load("/drivers/late.sys.py")
        irp = kernel.irp(IRP_MJ_READ, "/dev/late")
        kernel.from_pm("vfs_io_request", irp)
        kernel.from_pm("irp_cancel", irp.irp_id)
        assert kernel.answer_to(irp)[0] == Status.CANCELLED
        kernel.from_pm("irp_cancel", irp.irp_id)
        assert kernel.pm == []


def test_drivers_own_what_they_made() -> None:
    """Another driver may not delete a device or link, take its names, or link to it; a program may do nothing."""
    rude = HEAD.format(name="Rude") + r'''
def attempt(call, *args):
    try:
        call(*args)
    except dk.StatusError as error:
        return int(error.status)

def control(device, irp):
    return [
        attempt(dk.delete_device, r"\Device\Echo0"), attempt(dk.delete_symbolic_link, "/dev/echo"),
        attempt(dk.create_device, None, r"\Device\Echo0"),
        attempt(dk.create_symbolic_link, "/dev/mine", r"\Device\Echo0"),
        attempt(dk.create_symbolic_link, "/dev/echo", r"\Device\Rude0"), attempt(dk.delete_device, r"\Device\None"),
        attempt(dk.create_symbolic_link, "/dev/../etc", r"\Device\Rude0"), attempt(dk.create_device, None, "Rude1"),
        attempt(dk.register_interrupt, ""), attempt(dk.delete_symbolic_link, "/dev/none"),
    ]

def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = control
    dk.create_device(driver, r"\Device\Rude0")

dk.run(driver_entry)
'''
    with small_kernel({"/drivers/echo.sys.py": ECHO, "/drivers/rude.sys.py": rude}) as kernel:
        kernel.load("/drivers/echo.sys.py")
        kernel.load("/drivers/rude.sys.py")
        _, statuses = kernel.ask(IRP_MJ_DEVICE_CONTROL, "\\Device\\Rude0", method="try")
        assert statuses == [500, 500, 406, 500, 406, 405, 601, 601, 601, 405]
        assert kernel.ask(IRP_MJ_READ, "/dev/echo") == (0, b"hello")
        refused = kernel.call("dkms_create_device", "\\Device\\X")
        assert kernel.answers[refused][0] == Status.ACCESS_DENIED


def test_a_device_in_the_middle_of_the_list_is_deleted() -> None:
    """Only that one goes; the list and the other devices stay."""
    source = HEAD.format(name="Three") + r'''
def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_READ] = lambda device, irp: device.device_name.encode()
    made = [dk.create_device(driver, rf"\Device\N{number}") for number in range(3)]
    dk.delete_device(made[1])
    assert driver.device_object is made[2] and made[2].next_device is made[0] and made[0].next_device is None

dk.run(driver_entry)
'''
    with small_kernel({"/drivers/three.sys.py": source}) as kernel:
        assert kernel.load("/drivers/three.sys.py")[0] == 0, kernel.log_text()
        assert kernel.ask(IRP_MJ_READ, "\\Device\\N0") == (0, b"\\Device\\N0")
        assert kernel.ask(IRP_MJ_READ, "\\Device\\N1")[0] == Status.NO_SUCH_DEVICE
        assert kernel.ask(IRP_MJ_READ, "\\Device\\N2") == (0, b"\\Device\\N2")


def test_interrupts_reach_those_who_asked() -> None:
    """Each event in its documented form; an event that nobody asked for is dropped."""
    source = HEAD.format(name="Ears") + r'''
heard = []

def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_READ] = lambda device, irp: repr(heard)
    dk.create_device(driver, r"\Device\Ears")
    for event in ("key_down", "scroll", "touch", "drag", "clipboard", "modem_message"):
        dk.register_interrupt(event)

dk.run(driver_entry, on_interrupt=lambda *values: heard.append(values))
'''
    with small_kernel({"/drivers/ears.sys.py": source}) as kernel:
        kernel.load("/drivers/ears.sys.py")
        kernel.from_pm("os_event", "key_down", "kb", 97, 30, "player")
        kernel.from_pm("os_event", "key_up", "kb", 97, 30, "player")
        kernel.from_pm("os_event", "scroll", "screen", 4, 5, -1, "player")
        kernel.from_pm("os_event", "touch", "screen", 1, 2, 0, "player")
        kernel.from_pm("os_event", "drag", "screen", 1, 3, 0, "player")
        kernel.from_pm("os_event", "clipboard", "kb", "text\n", "player")
        kernel.from_pm("os_event", "modem_message", "m", "n", 7, 0, "data", 8)
        assert eval(kernel.ask(IRP_MJ_READ, "\\Device\\Ears")[1].decode()) == [
            ("key_down", "kb", 97, 30), ("scroll", -1, 4, 5), ("touch", 1, 2, 0), ("drag", 1, 3, 0),
            ("clipboard", "text\n"), ("modem_message", "m", "n", 7, 0, "data", 8),
        ]


DISK = (
    HEAD.format(name="Disk").replace("dk.DRIVER_TYPE_KMD", 'dk.DRIVER_TYPE_CMD, "supported_component": "drive"')
    + r'''
def driver_entry(driver):
    if env["address"].startswith("bad"):
        raise dk.StatusError(605, "broken hardware")
    driver.dispatch[dk.IRP_MJ_CREATE] = lambda device, irp: None
    driver.dispatch[dk.IRP_MJ_READ] = lambda device, irp: dk.get_hardware_proxy(env["address"])
    driver.dispatch[dk.IRP_MJ_WRITE] = lambda device, irp: dk.PENDING
    dk.create_component_device(driver, "drive")

dk.run(driver_entry)
'''
)


def test_a_component_driver_is_loaded_once_for_each_component() -> None:
    """One process and device each; a component that fails stops no other; types match exactly."""
    components = {"aaaaaa11": ("drive", b"A"), "bad00000": ("drive", b"?"), "cccccc33": ("drive", b"C"),
                  "dddddd44": ("disk_drive", b"D")}
    with small_kernel({"/drivers/disk.sys.py": DISK}, components) as kernel:
        assert kernel.load("/drivers/disk.sys.py") == (0, "2 instances of Disk", 0)
        kernel.from_pm("dkms_list_devices_request", 1)
        assert kernel.pm.pop()[2] == ["drive_aaaaaa_0", "drive_cccccc_1"]
        assert kernel.ask(IRP_MJ_READ, "/dev/drive_cccccc_1") == (0, b"C")
        assert {"@VT\\DRV\\Disk", "@VT\\DRV\\Disk\\aaaaaa11", "@VT\\DRV\\Disk\\cccccc33"} <= kernel.registry.keys()
        assert kernel.registry["@VT\\DEV\\PHYS_001"]["DeviceClass"] == "physical"


def test_a_component_driver_for_several_types() -> None:
    """Loaded for each component of any of them, in the order of the bus; one that comes later is found by its type."""
    several = DISK.replace('"supported_component": "drive"', '"supported_component": ["tape", "drive"]')
    components: dict[str, tuple[str, object]] = {"aaaaaa11": ("drive", b"A"), "bbbbbb22": ("lamp", b"B")}
    with small_kernel({"/drivers/disk.sys.py": several}, components) as kernel:
        components["cccccc33"] = ("tape", b"C")
        assert kernel.load("/drivers/disk.sys.py") == (0, "2 instances of Disk", 0)
        assert kernel.registry["@VT\\DRV\\Disk"]["Component"] == "tape, drive"
        components["dddddd44"] = ("tape", b"D")
        kernel.from_pm("os_event", "component_added", "dddddd44", "tape")
        kernel.from_pm("dkms_list_devices_request", 1)
        assert kernel.pm.pop()[2] == ["drive_aaaaaa_0", "drive_cccccc_1", "drive_dddddd_2"]


def test_a_component_driver_without_hardware_and_with_broken_hardware() -> None:
    """No component: a success with 0 instances. Components, but none that works: the last failure."""
    with small_kernel({"/drivers/disk.sys.py": DISK}) as kernel:
        assert kernel.load("/drivers/disk.sys.py") == (0, "0 instances of Disk", 0)
    with small_kernel({"/drivers/disk.sys.py": DISK}, {"bad1": ("drive", b""), "bad2": ("drive", b"")}) as kernel:
        status, _, pid = kernel.load("/drivers/disk.sys.py")
        assert (status, pid) == (Status.DEVICE_NOT_READY, -1)


def test_a_component_is_plugged_in_and_pulled_out() -> None:
    """Its driver comes, from a file of its type or one seen before, and goes; waiting requests end with 405."""
    components: dict[str, tuple[str, object]] = {}
    with small_kernel({"/drivers/disk.sys.py": DISK, "/drivers/lamp.sys.py": ECHO}, components) as kernel:
        kernel.load("/drivers/disk.sys.py")
        components["eeeeee55"] = ("drive", b"E")
        kernel.from_pm("os_event", "component_added", "eeeeee55", "drive")
        assert kernel.ask(IRP_MJ_READ, "/dev/drive_eeeeee_0") == (0, b"E")
        kernel.open("/dev/drive_eeeeee_0", 3)

        waiting = kernel.irp(IRP_MJ_WRITE, "/dev/drive_eeeeee_0", data=b"x")
        kernel.from_pm("vfs_io_request", waiting)
        del components["eeeeee55"]
        kernel.from_pm("os_event", "component_removed", "eeeeee55", "drive")
        assert kernel.answer_to(waiting)[0] == Status.NO_SUCH_DEVICE
        nothing_is_left_of(kernel, "Disk")

        components["ffffff66"] = ("lamp", None)
        kernel.from_pm("os_event", "component_added", "ffffff66", "lamp")
        assert kernel.ask(IRP_MJ_READ, "/dev/echo") == (0, b"hello")
        components["000000"] = ("unheard_of", None)
        kernel.from_pm("os_event", "component_added", "000000", "unheard_of")
        assert kernel.log[-1][0] == "dev"  # no driver for it: not worth a line on the screen


def test_a_request_that_pm_has_given_up_is_nobodys() -> None:
    """A late answer gets 601; the driver answers a ping and stays."""
    with small_kernel({"/drivers/late.sys.py": LATE}) as kernel:
        kernel.load("/drivers/late.sys.py")
        irp = kernel.irp(IRP_MJ_DEVICE_CONTROL, "/dev/late", method="never")
        kernel.from_pm("vfs_io_request", irp)
        kernel.from_pm("irp_late", irp)
        assert kernel.pm == [] and "passed its time limit" in kernel.log_text()
        assert kernel.registry["@VT\\DRV\\Late"]["Status"] == "loaded"
        assert kernel.ask(IRP_MJ_DEVICE_CONTROL, "/dev/late", method="steal", args=[irp])[0] == Status.INVALID_PARAMETER
        kernel.advance(3600)
        assert kernel.drivers() == [4]


def test_a_driver_that_hangs_is_started_again() -> None:
    """It misses a time limit, then a ping: its requests end, its process goes, the next one takes its devices over."""
    with small_kernel({"/drivers/late.sys.py": LATE}) as kernel:
        kernel.load("/drivers/late.sys.py")
        asleep = kernel.irp(IRP_MJ_DEVICE_CONTROL, "/dev/late", method="sleep")
        kernel.from_pm("vfs_io_request", asleep)
        reader = kernel.irp(IRP_MJ_READ, "/dev/late")
        kernel.from_pm("vfs_io_request", reader)
        kernel.from_pm("irp_late", asleep)
        assert kernel.registry["@VT\\DRV\\Late"]["Status"] == "suspect"
        kernel.advance(10)
        assert kernel.answer_to(reader)[0] == Status.DEVICE_NOT_READY
        assert kernel.registry["@VT\\DRV\\Late"]["Status"] == "restarting" and kernel.drivers() == []
        kernel.advance(1)
        assert kernel.registry["@VT\\DRV\\Late"]["Status"] == "loaded" and kernel.drivers() == [5]


def test_who_may_unload_and_a_driver_that_will_not_go() -> None:
    """Only uid 0; an unload routine that fails keeps the driver; one that hangs does not."""
    unload = "def driver_unload(driver):\n"
    stubborn = ECHO.replace(unload, f"{unload}    return 604\n")
    asleep = ECHO.replace(unload, f'{unload}    syscall("sleep_for_ever")\n')
    with small_kernel({"/drivers/echo.sys.py": stubborn}) as kernel:
        kernel.load("/drivers/echo.sys.py")
        assert kernel.answers[kernel.call("driver_unload", "Echo", uid=1000)][0] == Status.PRIVILEGE_NOT_HELD
        assert kernel.answers[kernel.call("driver_unload", "Nobody")][0] == Status.NO_SUCH_DEVICE
        assert kernel.answers[kernel.call("driver_unload", 7)][0] == Status.INVALID_PARAMETER
        assert kernel.answers[kernel.call("driver_unload")][0] == Status.INVALID_PARAMETER
        assert kernel.answers[kernel.call("driver_unload", "/drivers/echo.sys.py")][0] == Status.DEVICE_BUSY
        assert kernel.ask(IRP_MJ_READ, "/dev/echo") == (0, b"hello")
    with small_kernel({"/drivers/echo.sys.py": asleep}) as kernel:
        kernel.load("/drivers/echo.sys.py")
        kernel.open("/dev/echo", 8)
        request = kernel.call("driver_unload", "Echo", True)
        assert request not in kernel.answers
        assert kernel.ask(IRP_MJ_READ, "/dev/echo")[0] == Status.DEVICE_NOT_READY
        kernel.advance(10.1)
        assert kernel.answers[request] == (0, "Echo was unloaded")
        nothing_is_left_of(kernel, "Echo")


def test_messages_are_believed_only_from_whom_they_must_come() -> None:
    """A driver cannot play PM or the kernel, and cannot answer for another driver's start."""
    liar = HEAD.format(name="Liar") + r'''
def control(device, irp):
    syscall("signal_send", 3, "load_driver_path", "/drivers/echo.sys.py")
    syscall("signal_send", 3, "process_exited", 4)
    syscall("signal_send", 3, "syscall", None)
    syscall("signal_send", 3, "vfs_io_request", irp)
    syscall("signal_send", 3, "driver_init_complete")
    syscall("signal_send", 3, "driver_pong")
    syscall("signal_send", 3, "driver_unload_complete", 0, None, None)
    syscall("signal_send", 3, "what_is_this", 1, 2, 3)

def driver_entry(driver):
    driver.dispatch[dk.IRP_MJ_DEVICE_CONTROL] = control
    dk.create_device(driver, r"\Device\Liar")

dk.run(driver_entry)
'''
    with small_kernel({"/drivers/echo.sys.py": ECHO, "/drivers/liar.sys.py": liar}) as kernel:
        kernel.load("/drivers/liar.sys.py")
        assert kernel.ask(IRP_MJ_DEVICE_CONTROL, "\\Device\\Liar", method="lie") == (0, None)
        assert kernel.pm == []
        assert kernel.drivers() == [4]
        assert [level for level, _ in kernel.log].count("sec") == 4


def test_a_mistake_inside_dkms_hits_one_message_only() -> None:
    """A message that DKMS cannot digest is logged with its place; a caller gets 300; everything goes on."""
    with small_kernel({"/drivers/echo.sys.py": ECHO}) as kernel:
        kernel.load("/drivers/echo.sys.py")
        kernel.from_pm("vfs_io_request", None)
        assert kernel.log[-1][0] == "fail" and "driverdispatch.py, line" in kernel.log[-1][1]
        assert kernel.ask(IRP_MJ_READ, "/dev/echo") == (0, b"hello")
