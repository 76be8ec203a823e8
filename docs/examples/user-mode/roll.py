import axis.filesystem as fs

dice = fs.open("/dev/dice", "r")
print("rolled", [int(fs.read(dice, 2)) for _ in range(3)])
print("it says", fs.device_control(dice, "rolls"))
try:
    fs.device_control(dice, "cheat")
except NotImplementedError as error:
    print(error)
fs.close(dice)
