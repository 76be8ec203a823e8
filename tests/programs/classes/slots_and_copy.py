import copy


class Node:
    __slots__ = ("value", "next", "__weakref__")

    def __init__(self, value, next=None):
        self.value, self.next = value, next


class Tree:
    def __init__(self, value, *children):
        self.value, self.children = value, list(children)
        self.parent = None
        for child in children:
            child.parent = self

    def __iter__(self):
        yield self.value
        for child in self.children:
            yield from child

    def depth(self):
        return 1 + max((c.depth() for c in self.children), default=0)

    def __repr__(self):
        return f"{self.value}" + (f"({', '.join(map(repr, self.children))})" if self.children else "")


class Custom:
    def __init__(self, data):
        self.data, self.log = data, []

    def __copy__(self):
        new = type(self)(self.data)
        new.log.append("copied")
        return new

    def __deepcopy__(self, memo):
        new = type(self)(copy.deepcopy(self.data, memo))
        new.log.append("deep")
        memo[id(self)] = new
        return new


class State:
    def __init__(self):
        self.keep, self.drop = [1], "secret"

    def __getstate__(self):
        state = self.__dict__.copy()
        del state["drop"]
        return state


head = Node(1, Node(2, Node(3)))
n, out = head, []
while n:
    out.append(n.value)
    n = n.next
print(out)
try:
    head.extra = 1
except AttributeError as e:
    print(e)
tree = Tree("a", Tree("b", Tree("d")), Tree("c"))
clone = copy.deepcopy(tree)
clone.children[0].value = "B"
print(tree, clone, list(tree), tree.depth(), clone.children[0].parent is clone)
shallow = copy.copy(tree)
print(shallow.children is tree.children)
c = Custom([1, [2]])
print(copy.copy(c).log, copy.copy(c).data is c.data, copy.deepcopy(c).log, copy.deepcopy(c).data[1] is c.data[1])
loop = [1]
loop.append(loop)
again = copy.deepcopy(loop)
print(again[1] is again, loop, repr({"k": loop}))
print(copy.deepcopy({"a": (1, [2]), "b": {3}, 4: None, "f": len, "t": int}))
s = copy.copy(State())
print(sorted(vars(s)))
shared = [0]
pair = copy.deepcopy([shared, shared])
print(pair[0] is pair[1], copy.copy((1, 2)), copy.copy("x"), copy.deepcopy(frozenset([1])))
print(copy.copy(range(3)), copy.deepcopy(3.5), copy.copy(None))
d1 = {"x": {"y": 1}}
d2 = d1.copy(); d2["x"]["y"] = 2
print(d1)
