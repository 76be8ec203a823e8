# Run it: PYTHONHASHSEED=0 python boot_arguments.py
from axisos import Machine

LEVEL, SAFE = 8, 9  # bytes of the EEPROM's data


def eeprom_data(settings):
    """What setup stores when these bytes are set; 255 means "not set"."""
    data = bytearray(b"AXC2" + bytes([0, 255, 255, 255, 255, 255])).ljust(256, b"\0")
    for offset, value in settings.items():
        data[offset] = value
    data[10:12] = sum(data[4:10]).to_bytes(2, "big")
    return bytes(data)


def boot(title, command_line, chip=b""):
    with Machine(seed=7, boot_args={"timeout": 0, **command_line}) as machine:
        machine.eeprom.data = chip
        machine.power_on()
        machine.run_until("login:")
        print(title)
        print("   ", *(f"{key}={value}" for key, value in machine.kernel.arguments.items()))
        for entry in machine.kernel.log.newest(1000):
            if entry["level"] == "warn":
                print("   ", entry["msg"])


chip = eeprom_data({LEVEL: 3, SAFE: 1})
boot("nothing is set", {})
boot("the EEPROM", {}, chip)
boot("the command line over the EEPROM", {"lvl": "warn", "safe": False}, chip)
boot("a value that nobody knows", {"lvl": "loud"})
