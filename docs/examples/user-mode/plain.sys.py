"""A user-mode driver without the kit: the messages of its host, and the requests that it may make."""
DRIVER_INFO = {"driver_name": "Plain", "driver_type": "UserModeDriver", "load_priority": 500, "version": "1.0"}


def say(kind, **payload):
    syscall("signal_send", env["host_pid"], "umd_request", {"type": kind, "payload": payload})


def ask(kind, **payload):
    say(kind, **payload)
    return syscall("signal_pull")[2]["status"]  # of (host_pid, "umd_reply", {"status": ..., "data": ...})


def um_driver_entry(driver):
    return (ask("create_device", device_type="virtual", device_name=r"\Device\Plain")
            or ask("create_symlink", link_name="/dev/plain", device_name=r"\Device\Plain"))


while True:
    sender, name, *values = syscall("signal_pull")
    if sender != env["host_pid"]:
        continue
    if name == "umd_initialize":
        say("complete_init", status=um_driver_entry(values[0]))
    elif name == "umd_irp":
        irp = values[0]
        status = 0 if irp["major_function"] in (0x00, 0x02, 0x03) else 301
        say("complete_request", irp=irp["irp_id"], status=status, info=b"plainly\n")
    elif name == "umd_unload":
        break
