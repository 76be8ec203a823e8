"""Synapse tokens and handle tokens, as the original's own suite checks them, and that they are told to nobody.

(Acceptance: manual, chapter 7.)
"""

from __future__ import annotations

from pathlib import Path

from axisos import Machine
from axisos.host import run
from kernelrig import BareMachine


def test_a_program_and_its_tokens(tmp_path: Path) -> None:
    """Shapes, stability, uniqueness, randomness; what is closed is closed; whose handle it is counts."""
    program = tmp_path / "program.py"
    program.write_text("""
import subprocess, sys
from abi.status import StatusError
def attempt(*call):
    try: return syscall(*call)
    except StatusError as error: return int(error.status)
token = syscall("synapse_get_token")
print(token[:4], token.count("-"), len(token), {syscall("synapse_get_token") for _ in range(3)} == {token})
print("pid", syscall("process_get_pid") >= 20)
opened = [syscall("vfs_open", "/dev/tty", "rw") for _ in range(20)]
for handle in opened: syscall("vfs_close", handle)
churned = []
for _ in range(50):
    churned.append(syscall("vfs_open", "/dev/null", "r"))
    syscall("vfs_close", churned[-1])
every = [*opened, *churned]
print(len(set(every)), all(h[:2] == "H-" and [len(p) for p in h.split("-")] == [1, 6, 5, 4, 4] for h in every))
print(len(set("".join(every)) & set("0123456789abcdef")) >= 14)
print(attempt("vfs_read", opened[0], 1), attempt("vfs_close", opened[0]))
print({"tty", "ringlog", "gpu0"} <= set(name.rstrip("/") for name in syscall("vfs_list", "/dev")))
mine = syscall("vfs_open", "/etc/hostname", "r")
child = [sys.executable, "-c", f"try: syscall('vfs_read', {mine!r}, 1)\\nexcept Exception as e: print(int(e.status))"]
print("another process:", subprocess.run(child, capture_output=True, text=True).stdout.strip())
fields = {"pid", "parent", "ring", "status", "image", "uid"}
listed = syscall("process_list")
print(all(fields <= set(entry) for entry in listed), any("SYN-" in str(entry) for entry in listed), flush=True)
try: syscall("ob_dump_directory")
finally: print("not reached")
""")
    result = run(Machine(seed=7), str(program))
    assert result.stdout.decode().splitlines() == [
        "SYN- 4 23 True", "pid True", "70 True", "True", "600 600", "True", "another process: 600", "True False",
    ], result.stderr  # fmt: skip
    assert result.exit_code == 137 and "ob_dump_directory" in str(result.reason)


def test_tokens_follow_from_the_seed_in_a_simulation_and_from_chance_otherwise() -> None:
    """The same seed gives the same tokens; another seed, and no seed, others."""
    def token_of(seed: int | None) -> str:
        with Machine(seed=seed, profile="bare", boot_args={"timeout": 0}) as machine:
            machine.power_on()
            machine.run_until(lambda: machine.kernel is not None, 10)
            return str(machine.kernel.kernel_process.token)

    assert token_of(1) == token_of(1) != token_of(2)
    assert token_of(None) != token_of(None)


def test_rotation_invalidates_what_was_open_and_nothing_that_comes_after() -> None:
    """The old token is no longer valid, old handles say 503, new ones work; only services may rotate."""
    with BareMachine() as bare:
        process = bare.start("""
from abi.status import StatusError
def attempt(*call):
    try: return syscall(*call)
    except StatusError as error: return int(error.status)
event = syscall("ke_create_event")
token = syscall("synapse_get_token")
syscall("signal_pull")
say(attempt("ke_set_event", event), syscall("synapse_get_token") != token)
say(attempt("ke_set_event", syscall("ke_create_event")))
say(attempt("ke_set_event", "H-000000-00000-0000-0000"))
syscall("synapse_rotate")
""")
        bare.settle()
        bare.run(f"""
old = {process.token!r}
say(syscall("synapse_validate", {process.pid}, old), syscall("synapse_validate", {process.pid}, "SYN-0-0-0-0"))
new = syscall("synapse_rotate", {process.pid})
say(new != old, syscall("synapse_validate", {process.pid}, new), syscall("synapse_validate", {process.pid}, old))
syscall("signal_send", {process.pid}, "go")
""", ring=1)
        assert bare.said() == ["True False", "True True False", "503 True", "0", "600"]
        assert process.exit_status == 137 and "synapse_rotate" in process.exit_reason


def test_no_token_is_told_in_full() -> None:
    """Not in the log, nor on the screen of a panic, nor in its dump: neither of processes nor of handles."""
    with Machine(seed=7, profile="bare", boot_args={"timeout": 0}) as machine:
        machine.power_on()
        machine.run_until_idle()
        kernel = machine.kernel
        process = kernel.spawn_source(
            "syscall('ke_create_event')\nsyscall('kernel_log', syscall('synapse_get_token'))\n"
            "try: syscall('ke_set_event', 'H-' + 'a' * 20)\nexcept Exception: pass\nsyscall('signal_pull')\n"
        )
        machine.run_until_idle()
        secrets = [process.token, kernel.kernel_process.token, *process.handles.entries]
        kernel.spawn_source("syscall('kernel_panic', 'a test')", ring=2)
        machine.run_for(1)
        assert machine.last_error is not None
        dumps = [name for name in kernel.primitive_fs.list("/log") or [] if "crash" in name]
        assert dumps, "the panic left no dump"
        handle = kernel.primitive_fs.open("/log/" + dumps[0], "r")
        dump = kernel.primitive_fs.read(handle, float("inf")).decode()
        told = [*(str(entry["msg"]) for entry in kernel.log.newest(200)), machine.screen.text(), dump]
        assert not [secret for secret in secrets for text in told if secret in text]
