# Run it: PYTHONHASHSEED=0 python connections.py
import tempfile

from axisos import FakeNetwork, Machine, host

PROGRAM = """
from axis import net

with net.connect("shout.test", 80, timeout=2) as socket:
    print(socket.readline(), socket.write("hello\\n"), socket.read(100))
    try:
        socket.read(1)
    except TimeoutError as error:
        print(int(error.status), error.strerror)

for place, port in (("shout.test", 443), ("shout.test", 23)):
    try:
        net.connect(place, port)
    except (ConnectionError, PermissionError) as error:
        print(type(error).__name__, int(error.status), error.strerror)

found = net.ping("shout.test", count=2)
print(found["recv"], "of", found["sent"], "in", found["avg_ms"], "ms on average")
"""

network = FakeNetwork(latency_s=0.02)  # machine seconds for each step of a conversation
network.tcp("shout.test", 80, lambda data: data.upper(), greeting=b"say something\n")

with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
    file.write(PROGRAM)
    file.flush()
    print(host.run(Machine(seed=7, internet=network), file.name).stdout.decode(), end="")
print("what reached the network:", network.log)
