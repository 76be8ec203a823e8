"""A state machine, an event system and an undo stack."""
from collections import defaultdict
from enum import Enum, auto


class State(Enum):
    IDLE = auto()
    RUNNING = auto()
    PAUSED = auto()
    DONE = auto()


class Machine:
    TRANSITIONS = {
        (State.IDLE, "start"): State.RUNNING,
        (State.RUNNING, "pause"): State.PAUSED,
        (State.PAUSED, "resume"): State.RUNNING,
        (State.RUNNING, "finish"): State.DONE,
    }

    def __init__(self):
        self.state = State.IDLE
        self.listeners = defaultdict(list)

    def on(self, state):
        def decorator(f):
            self.listeners[state].append(f)
            return f
        return decorator

    def fire(self, event):
        try:
            self.state = self.TRANSITIONS[self.state, event]
        except KeyError:
            raise RuntimeError(f"cannot {event} while {self.state.name}") from None
        for listener in self.listeners[self.state]:
            listener(self, event)


m = Machine()


@m.on(State.RUNNING)
def running(machine, event):
    print("now running because of", event)


@m.on(State.DONE)
def done(machine, event):
    print("done", machine.state)


for event in "start pause finish resume finish".split():
    try:
        m.fire(event)
        print(event, "->", m.state.name)
    except RuntimeError as e:
        print("error:", e)


class Command:
    def __init__(self, do, undo):
        self.do, self.undo = do, undo


class Editor:
    def __init__(self):
        self.text, self.done, self.undone = "", [], []

    def execute(self, command):
        command.do()
        self.done.append(command)
        self.undone.clear()

    def insert(self, s):
        def do(): self.text += s
        def undo(): self.text = self.text[: -len(s)]
        self.execute(Command(do, undo))

    def upper(self):
        before = self.text
        def do(): self.text = self.text.upper()
        def undo(): self.text = before
        self.execute(Command(do, undo))

    def undo(self):
        if self.done:
            command = self.done.pop()
            command.undo()
            self.undone.append(command)

    def redo(self):
        if self.undone:
            command = self.undone.pop()
            command.do()
            self.done.append(command)


e = Editor()
e.insert("hello"); e.insert(" world"); e.upper()
print(e.text); e.undo(); print(e.text); e.undo(); print(e.text); e.redo(); print(e.text)
e.insert("!"); e.redo(); print(e.text)


class Observable:
    def __init__(self, **kw):
        self.__dict__.update(kw)
        self._observers = []

    def subscribe(self, f):
        self._observers.append(f)
        return lambda: self._observers.remove(f)

    def __setattr__(self, name, value):
        old = self.__dict__.get(name)
        super().__setattr__(name, value)
        for f in self.__dict__.get("_observers", ()):
            f(name, old, value)


o = Observable(x=1)
off = o.subscribe(lambda n, a, b: print(f"{n}: {a} -> {b}"))
o.x = 2; o.y = 3; off(); o.x = 9
