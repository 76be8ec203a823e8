# Run it: PYTHONHASHSEED=0 python eeprom_data.py
from axisos import Machine

with Machine(seed=7) as machine:
    machine.power_on()
    machine.run_until("Press DEL")
    machine.press("delete")  # into setup
    machine.run_until("AxisOS setup")
    machine.press("enter")  # Boot options
    machine.run_until("Log Level")
    machine.press("enter")  # Info -> Warn
    machine.run_until_idle()
    print(*(line.strip() for line in machine.screen.lines() if line.strip()), sep="\n")
    machine.press("f10")  # save, leave, boot
    machine.run_until("login:")

    data = machine.eeprom.data
    print()
    print("magic       ", data[0:4])
    print("bytes 4 to 9", list(data[4:10]))
    print("their sum   ", int.from_bytes(data[10:12], "big"))
    print("boot counter", int.from_bytes(data[240:244], "big"))
    print("lvl         ", machine.kernel.arguments["lvl"])
