# Run it: axisos run --seed 7 ends.py
import os
import signal
import sys

ENDS = {
    "returns": "pass",
    "sys.exit(3)": "sys.exit(3)",
    "sys.exit('no')": "sys.exit('no')",
    "process_exit 300": "syscall('process_exit', 300)",
    "error": "1 / 0",
    "syntax error": "def",
    "SIGTERM": "os.kill(os.getpid(), signal.SIGTERM)",
    "SIGKILL": "os.kill(os.getpid(), signal.SIGKILL)",
    "Ctrl+C": "raise KeyboardInterrupt",
    "ring violation": "syscall('syscall_override', 'vfs_open')",
}

quiet = syscall("vfs_open", "/dev/null", "w")
for name, text in ENDS.items():
    with open("/tmp/child.py", "w") as file:
        file.write(f"import os, signal, sys\n{text}\n")
    os.chmod("/tmp/child.py", 0o755)
    pid = syscall("process_spawn", "/tmp/child.py", 3, {}, {-11: quiet, -12: quiet})
    syscall("process_wait", pid)
    reason = syscall("process_info", pid)["reason"]
    print(f"{name:17} {syscall('process_wait_status', pid):3}  {reason}")
