syscall("reg_set_value", "@VT\\SYS\\BOOT", "Mood", "good")
print("never printed")
