# Run it: axisos run --seed 7 texts.py
from abi.status import Status, StatusError
from axis import errcheck, errors

print(errcheck.STATUS_ACCESS_DENIED, int(errcheck.STATUS_ACCESS_DENIED), errcheck.get_error_string(500))
print(errcheck.get_error_string(603))
print(errcheck.get_error_string(4711))

status = Status(606)
print(status, "=", int(status), "-", status.name, "-", status.meaning)
print(Status(606) is Status.NO_SUCH_PROCESS, Status.NO_SUCH_PROCESS == 606, {606: "a key"}[status])
print(hex(Status.INVALID_HANDLE.nt_code), "was the original's Object Manager's", errcheck.STATUS_INVALID_HANDLE)
print(repr(Status(4711)), Status(4711).name)

try:
    syscall("vfs_open", "/nowhere/file")
except StatusError as error:
    print("for people who look for the cause:", error)
    print("for a message of a command:", errors.reason(error))

try:
    raise StatusError(Status.DEVICE_BUSY, "the printer prints for somebody else")  # as services and drivers do
except StatusError as error:
    print(int(error.status), error.status.name, "|", error.detail, "|", error)
