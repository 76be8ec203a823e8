# Run it: axisos run --seed 7 limits.py
from abi.status import StatusError


def until_refused(title, make):
    """Make something again and again; say how often it went well and why it ended."""
    made = []
    try:
        while True:
            made.append(make())
    except StatusError as error:
        print(f"{title:15} {len(made):4}, then {int(error.status)} {error.detail}")
    for each in made:
        for token in each if type(each) is tuple else (each,):
            if type(token) is str:
                syscall("vfs_close", token)


me = syscall("process_get_pid")
until_refused("messages", lambda: syscall("signal_send", me, "again"))
until_refused("pipes, 64 KiB", lambda: syscall("ke_create_pipe", 65536))
until_refused("sections, 1 MiB", lambda: syscall("ke_create_section", None, 1 << 20))
until_refused("events", lambda: syscall("ke_create_event"))
