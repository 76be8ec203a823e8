# Run it: axisos run --seed 7 pipes.py
from axis import pipe, signals, thread

with pipe.create(16) as (reader, writer):

    def tell():
        pipe.write(writer, "more than\nthe pipe holds\nat a time\n")
        pipe.close_write(writer)

    thread.create(tell)
    for line in pipe.lines(reader):
        print("line:", line, end="")

with pipe.create_named("news", permissions="622") as news:  # others may write, and not read
    with pipe.connect_named("news", "w") as connection:
        pipe.write(connection, "found by name")
    print(pipe.read(news.read))

signals.handle(signals.SIGPIPE, signals.SIG_IGN)  # or the write below ends the program
with pipe.create(16) as (reader, writer):
    thread.create(lambda: (pipe.read(reader, 4), pipe.close_read(reader)))
    try:
        pipe.write(writer, b"x" * 100)
    except BrokenPipeError as error:
        print("broken after", error.partial, "bytes, status", int(error.status))
