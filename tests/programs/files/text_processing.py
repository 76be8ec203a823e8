import os

lines = ["first line", "second line", "third: ünïcödé", ""]
with open("input.txt", "w", encoding="utf-8") as f:
    f.write("\n".join(lines))
    print(f.tell() > 0, f.name, f.mode, f.closed)
print(f.closed)
with open("input.txt", encoding="utf-8") as src, open("output.txt", "w") as dst:
    for number, line in enumerate(src, 1):
        dst.write(f"{number:03}: {line.rstrip()}\n")
print(open("output.txt").read())
with open("output.txt", "a") as f:
    print("appended", 42, sep="|", file=f)
    f.writelines(["x\n", "y\n"])
with open("output.txt") as f:
    print(f.readline().strip(), len(f.readlines()))
    f.seek(0)
    print(f.read(3), f.tell())
with open("output.txt", "r+") as f:
    f.write("###")
    f.seek(0, os.SEEK_END)
    f.write("end")
print(open("output.txt").read().splitlines())
with open("bin.dat", "wb") as f:
    f.write(bytes(range(10)))
with open("bin.dat", "r+b") as f:
    f.seek(-3, 2)
    print(f.read(), f.seek(2), f.write(b"\xff"))
print(open("bin.dat", "rb").read(), os.path.getsize("bin.dat"))
try:
    open("input.txt", "x")
except FileExistsError as e:
    print(e.filename)
for mode in ("r", "rb"):
    with open("input.txt", mode) as f:
        print(type(next(f)).__name__, sum(1 for _ in f))
print([line for line in open("input.txt", encoding="utf-8") if "line" in line])
longest = max(open("input.txt", encoding="utf-8"), key=len)
print(repr(longest))
os.rename("bin.dat", "moved.dat")
print(sorted(os.listdir(".")), os.path.exists("bin.dat"), os.path.isfile("moved.dat"), os.stat("moved.dat").st_size)
for name in os.listdir("."):
    os.remove(name)
print(os.listdir("."))
