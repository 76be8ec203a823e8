with open("data.bin", "w+b") as f:
    f.write(b"0123456789")
    f.truncate(5)
print(open("data.bin", "rb").read())
