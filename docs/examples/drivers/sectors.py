from abi.status import StatusError
from axis import filesystem

node = next(name for name in filesystem.list("/dev") if name.startswith("drive_"))
drive = filesystem.open_handle(f"/dev/{node}", "rw")


def ask(method, *arguments):
    return filesystem.device_control(drive, method, list(arguments))


print(ask("info"))
print(ask("write_sector", 1, b"boot sector"), "bytes written")
print(ask("batch_write", [[2, b"second"], [3, b"third"]]), "sectors written")
print([sector and sector.rstrip(b"\0") for sector in ask("batch_read", [1, 2, 3, 9999])])
try:
    ask("read_sector", 0)
except StatusError as error:
    print(int(error.status), error.detail)
filesystem.close(drive)
