"""What the driver verifier finds: one finding, when a completed request is a lie, which calls may be made to fail.

    Finding             one rule broken in one way
    lie                 what is wrong with how a request was completed
    failure_status      with which status a call may be made to fail
    in_words, shown     a request and a value, as findings show them

Called by   `system.driver_watch` and `system.driver_verifier`.
Owns        nothing.
"""

from __future__ import annotations

from abi.irp import IRP_MJ_DEVICE_CONTROL, IRP_MJ_READ, IRP_MJ_WRITE, MAJOR_NAMES
from abi.status import Status
from system.driver_rules import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from abi.irp import Irp

MAX_SHOWN = 60  # characters of a value

# Calls that may fail for want of something -> the status they fail with here. A prefix ends with `*`.
FAILURES: dict[str, Status] = {
    "dkms_create_device": Status.DEVICE_ALREADY_EXISTS, "dkms_create_symlink": Status.DEVICE_ALREADY_EXISTS,
    "dkms_register_interrupt": Status.INSUFFICIENT_RESOURCES, "dkms_get_next_index": Status.INSUFFICIENT_RESOURCES,
    "raw_component_proxy": Status.NO_SUCH_DEVICE, "raw_component_invoke": Status.DEVICE_NOT_READY,
    "vfs_open": Status.NO_SUCH_FILE, "vfs_read_file": Status.NO_SUCH_FILE, "vfs_write": Status.DISK_FULL,
    "vfs_read": Status.UNSUCCESSFUL, "vfs_device_control": Status.DEVICE_NOT_READY,
    "process_spawn": Status.QUOTA_EXCEEDED, "process_thread": Status.QUOTA_EXCEEDED,
    "signal_send": Status.QUOTA_EXCEEDED, "ke_signal*": Status.NO_SUCH_PROCESS,
    "ke_create*": Status.INSUFFICIENT_RESOURCES, "ob_create*": Status.INSUFFICIENT_RESOURCES,
    "reg_create*": Status.REGISTRY_QUOTA, "reg_set*": Status.REGISTRY_QUOTA,
}
PROTOCOL = frozenset({  # messages by which a driver answers; they are never made to fail
    "irp_complete", "dkms_complete_irp", "driver_init_complete", "driver_unload_complete", "driver_pong",
})
PLAIN = (type(None), bool, int, float, str, bytes)


class Finding:
    """One rule broken in one way; how often is counted."""

    __slots__ = ("count", "detail", "driver", "failed", "place", "request", "rule")

    def __init__(self, rule: str, driver: str, request: str, place: str, detail: str) -> None:
        assert rule in RULES, rule
        self.rule = rule
        self.driver = driver
        self.request = request  # what the driver was working on, "" where that does not matter
        self.place = place  # file:line in function, "" where none can be told
        self.detail = detail
        self.failed = ""  # the call that had been made to fail before
        self.count = 1

    def as_dict(self) -> dict[str, object]:
        """As plain data."""
        return {name: getattr(self, name) for name in self.__slots__}

    def __str__(self) -> str:
        words = [f"{self.driver}: {self.rule}: {self.detail}"]
        words += [f"at {self.place}"] if self.place else []
        words += [f"request {self.request}"] if self.request else []
        words += [f"after a failure of {self.failed}"] if self.failed else []
        return ", ".join(words)


def failure_status(name: str) -> Status | None:
    """With which status a call may be made to fail; hardware's (`type.method`) always may."""
    if "." in name:
        return Status.DEVICE_NOT_READY
    status = FAILURES.get(name)
    if status is None:
        status = next((FAILURES[key] for key in FAILURES if key[-1] == "*" and name.startswith(key[:-1])), None)
    return status


def lie(irp: Irp, status: object, information: object) -> str:
    """What is wrong with how a request was completed; "" if nothing is."""
    if not isinstance(status, int) or isinstance(status, bool):
        return f"completed with {shown(status)}, which is no status"
    if status == Status.PENDING:
        return "completed with PENDING, which is no end"
    if status != Status.SUCCESS:
        return ""
    if irp.major_function == IRP_MJ_READ:
        if information is None:
            return ""
        if type(information) not in (bytes, str):
            return f"a read was answered with {shown(information)}, not bytes"
    elif irp.major_function == IRP_MJ_WRITE:
        if information is None:
            return ""
        if type(information) is not int or not 0 <= information <= len(irp.parameters.data):
            return f"a write of {len(irp.parameters.data)} bytes took {shown(information)}"
    elif irp.major_function == IRP_MJ_DEVICE_CONTROL and not _is_plain(information):
        return f"control {irp.parameters.method!r} gave {shown(information)}, which no program can be given"
    return ""


def _is_plain(value: object, depth: int = 0) -> bool:
    """Whether a value is plain data, all the way down."""
    kind = type(value)
    if kind in PLAIN or kind is Status:
        return True
    if depth > 20:
        return False
    if isinstance(value, (list, tuple)) and kind in (list, tuple):
        return all(_is_plain(item, depth + 1) for item in value)
    if isinstance(value, dict) and kind is dict:
        return all(_is_plain(key, depth + 1) and _is_plain(item, depth + 1) for key, item in value.items())
    return False


def in_words(irp: Irp) -> str:
    major = MAJOR_NAMES.get(irp.major_function, hex(irp.major_function))
    method = f" {irp.parameters.method[:MAX_SHOWN]!r}" if irp.major_function == IRP_MJ_DEVICE_CONTROL else ""
    return f"{irp.irp_id} {major}{method} {irp.device_name} from process {irp.sender_pid}"


def shown(value: object) -> str:
    text = f"{type(value).__name__} {value!r}"
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."
