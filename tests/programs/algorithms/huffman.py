import heapq
from collections import Counter
from dataclasses import dataclass, field
from typing import Optional


@dataclass(order=True)
class Node:
    weight: int
    tie: int
    char: Optional[str] = field(default=None, compare=False)
    left: "Optional[Node]" = field(default=None, compare=False, repr=False)
    right: "Optional[Node]" = field(default=None, compare=False, repr=False)


def build(text: str) -> Node:
    heap = [Node(n, i, c) for i, (c, n) in enumerate(sorted(Counter(text).items()))]
    heapq.heapify(heap)
    tie = len(heap)
    while len(heap) > 1:
        a, b = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, Node(a.weight + b.weight, tie, None, a, b))
        tie += 1
    return heap[0]


def codes(node: Node, prefix: str = "") -> dict[str, str]:
    if node.char is not None:
        return {node.char: prefix or "0"}
    return codes(node.left, prefix + "0") | codes(node.right, prefix + "1")


def decode(bits: str, root: Node) -> str:
    out = []
    node = root
    for bit in bits:
        node = node.left if bit == "0" else node.right
        if node.char is not None:
            out.append(node.char)
            node = root
    return "".join(out)


text = "she sells sea shells by the sea shore"
root = build(text)
table = codes(root)
for char, code in sorted(table.items(), key=lambda item: (len(item[1]), item[1])):
    print(repr(char), code)
bits = "".join(table[c] for c in text)
print(bits)
print(len(bits), "of", len(text) * 8, decode(bits, root) == text)
packed = int("1" + bits, 2).to_bytes((len(bits) + 8) // 8, "big")
print(packed.hex(":", 4))
assert bin(int.from_bytes(packed, "big"))[3:] == bits
print(root)
