class Made:
    locals()["x"] = 1


print(Made.x)
