# Run it: PYTHONHASHSEED=0 python limits.py
import os

from axisos import Machine, host

DRIVER = os.path.join(os.path.dirname(__file__), "mailbox.sys.py")
PROGRAM = os.path.join(os.path.dirname(__file__), "limited.py")

result = host.run(Machine(seed=7), PROGRAM, user="root", drivers=[DRIVER])
print(result.stdout.decode(), end="")
