from collections import defaultdict
from weakref import WeakSet, ref, WeakValueDictionary, WeakKeyDictionary, proxy
import gc


class Bus:
    def __init__(self): self.handlers = defaultdict(WeakSet)
    def subscribe(self, topic, listener): self.handlers[topic].add(listener)
    def publish(self, topic, payload): return sorted(l.notify(topic, payload) for l in self.handlers[topic])


class Listener:
    def __init__(self, name): self.name = name
    def notify(self, topic, payload): return f"{self.name}<-{topic}:{payload}"


bus = Bus()
a, b = Listener("a"), Listener("b")
bus.subscribe("news", a)
bus.subscribe("news", b)
print(bus.publish("news", 1))
r = ref(a)
print(r() is a, proxy(b).name)
values, keys = WeakValueDictionary(), WeakKeyDictionary()
values["a"] = a
keys[b] = "bee"
print(list(values), len(keys), keys[b])
del a
gc.collect()
print(bus.publish("news", 2), r() is None, list(values))
