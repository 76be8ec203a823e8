# Run it: axisos run --seed 7 --in-order turns.py
import sys
import time

if sys.argv[1:] == ["spin"]:
    while True:
        pass

spinners = [syscall("process_spawn", sys.argv[0], 3, {"ARGS": ["spin"]}) for _ in range(4)]


def worst(rounds, wait):
    """The longest that something takes which nobody else needs, in milliseconds."""
    delays = []
    for _ in range(rounds):
        before = time.monotonic()
        wait()
        delays.append((time.monotonic() - before) * 1000)
    return round(max(delays))


syscall("process_sleep", 1)  # the spinners have begun
print("sleep 5 ms, at worst:", worst(50, lambda: syscall("process_sleep", 5)), "ms")
print("yield, at worst:     ", worst(5, lambda: syscall("process_yield")), "ms")

used = [syscall("process_cpu_stats", pid)["cpu_time"] for pid in spinners]
syscall("process_sleep", 2000)
shares = [(syscall("process_cpu_stats", pid)["cpu_time"] - before) / 2 for pid, before in zip(spinners, used)]
print("shares of the processor:", *(f"{share:.2f}" for share in shares))
for pid in spinners:
    syscall("process_kill", pid, 9)
