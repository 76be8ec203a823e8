# Run it: PYTHONHASHSEED=0 python unplugged.py
from axisos import Machine


def screen(machine):
    return [line for line in machine.screen.lines() if line.strip()]


with Machine(seed=7, boot_args={"timeout": 0}, components=["reactor:layout=FRF"]) as machine:
    machine.power_on()
    machine.run_until("login:")
    machine.type("root\nroot\n")
    machine.run_until("root@AxisBox:~#")
    machine.type("clear; rbmk scan; rbmk set -w 1\n")
    machine.run_for(3)  # the rods are on their way, and the command waits for them
    [rod] = [board for board in machine.bus.components() if board.type == "rbmk_control_rod"]
    machine.unplug(rod)
    machine.run_until_idle()
    machine.plug(rod)
    machine.run_until_idle()
    machine.type("rbmk list control_rod\n")
    machine.run_until_idle()
    print(*screen(machine), sep="\n")
