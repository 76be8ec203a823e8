# Run it: axisos run --seed 7 stubborn.py
import os
import time

SHAPES = {
    "except BaseException": """
while True:
    try:
        while True: pass
    except BaseException: pass
""",
    "nested finally": """
try:
    try:
        while True: pass
    finally:
        while True: pass
finally:
    while True: pass
""",
    "__exit__ that swallows": """
class Keep:
    def __enter__(self): return self
    def __exit__(self, *what): return True
while True:
    with Keep():
        while True: pass
""",
    "generators": """
def stay():
    while True:
        try: yield
        except GeneratorExit: pass
while True:
    for _ in stay(): pass
""",
    "handlers for every signal": """
import signal
for number in (1, 2, 3, 6, 13, 14, 15, 30, 31):
    signal.signal(number, lambda *what: None)
while True: pass
""",
    "threads": """
import threading
def spin():
    while True: pass
for _ in range(5): threading.Thread(target=spin).start()
""",
}

for name, text in SHAPES.items():
    with open("/tmp/stubborn.py", "w") as file:
        file.write(text)
    os.chmod("/tmp/stubborn.py", 0o755)
    pid = syscall("process_spawn", "/tmp/stubborn.py", 3, {})
    time.sleep(0.3)
    before = time.monotonic()
    syscall("process_kill", pid, 9)
    status = syscall("process_wait_status", pid)
    at_once = time.monotonic() - before < 0.001
    print(f"{name:26} status {status}, gone within a millisecond: {at_once}")
