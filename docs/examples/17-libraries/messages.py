# Run it: axisos run --seed 7 messages.py
import os

from abi.status import StatusError
from axis import ipc, signals, sync

with ipc.MessageQueue("jobs", max_messages=8) as jobs:
    same = ipc.open_mqueue("jobs")  # another handle, as another process would get it
    for text, priority in (("tidy up", 1), ("fire!", 9), ("lunch", 1)):
        ipc.mq_send(same, text, priority)
    print([message.data for message in jobs.messages(timeout_ms=0)])
    ipc.close(same)

with ipc.Section("board", size=256) as board, sync.Mutex() as mutex:
    view = board.map()
    view["visitors"] = 0
    with sync.locked(mutex):
        view.visitors += 1
    print("visitors:", ipc.map_section(ipc.open_section("board"))["visitors"])
    try:
        view["too long"] = "x" * 300
    except StatusError as error:  # the view is the kernel's own, and so are its errors
        print(int(error.status), error.detail)

signals.handle(signals.SIGUSR1, lambda number: print("signal", number))
with signals.masked(["USR1"]):
    signals.send(os.getpid(), signals.SIGUSR1)
    print("held back")
print("and now")
