"""Names and numbers that several rings use: rings, processes, levels, handles, object types, devices, messages."""

from __future__ import annotations

RING_SERVICE = 1
RING_DRIVER = 2
RING_ELEVATED = 2.5
RING_USER = 3
RINGS: tuple[float, ...] = (0, 1, 2, 2.5, 3)

KERNEL_PID = 0
PIPELINE_PID = 2  # 1 is nobody's
DKMS_PID = 3
FIRST_USER_PID = 20
FIRST_DRIVER_UID = 60_000  # each user-mode driver has a user of its own, from here on
MAX_ID = 2**31 - 1  # of users and groups

DISPATCH_LEVEL = 2  # the IRQL from which on a thread may not sleep, as in a DPC
SHORT_ADDRESS = 8  # characters of a component's address that name it in the registry and the log

STDIN = -10
STDOUT = -11
STDERR = -12
STANDARD_HANDLES = (STDIN, STDOUT, STDERR)

TYPE_DIRECTORY = "ObpDirectory"
TYPE_TYPE = "ObpType"
TYPE_SYMBOLIC_LINK = "ObpSymbolicLink"
TYPE_DEVICE = "IoDeviceObject"
TYPE_FILE = "IoFileObject"
TYPE_DRIVER = "IoDriverObject"
TYPE_PROCESS = "PsProcess"
TYPE_EVENT = "KeEvent"
TYPE_MUTEX = "KeMutex"
TYPE_SEMAPHORE = "KeSemaphore"
TYPE_TIMER = "KeTimer"
TYPE_PIPE = "IoPipeObject"
TYPE_SECTION = "MmSectionObject"
TYPE_MESSAGE_QUEUE = "IpcMessageQueue"
TYPE_REGISTRY_WATCH = "CmRegistryWatch"
TYPE_LOG_WATCH = "KeLogWatch"

DEVICE_TTY = "\\Device\\TTY0"
DEVICE_GPU = "\\Device\\Gpu0"
DEVICE_RINGLOG = "\\Device\\ringlog"

# Messages that only rings <= 2 may send (a forged one would be taken for the system's own word).
RESERVED_MESSAGES = frozenset(
    {
        "syscall",
        "syscall_return",
        "os_event",
        "vfs_io_request",
        "irp_dispatch",
        "irp_complete",
        "irp_cancel",
        "hardware_interrupt",
        "driver_init",
        "driver_init_complete",
        "driver_unload",
        "driver_unload_complete",
        "driver_ping",
        "driver_pong",
        "driver_restarted",
        "driver_gone",
        "driver_detach",
        "driver_detached",
        "driver_reopened",
        "routes_changed",
        "irp_late",
        "dpc",
        "load_driver_path",
        "load_driver_for_component",
        "load_driver_path_request",
        "load_driver_result",
        "dkms_list_devices_request",
        "dkms_list_devices_result",
        "process_exited",
        "handle_closed",
        "dkms_complete_irp",
        "log_pending",
        "request_cancelled",
    }
)
