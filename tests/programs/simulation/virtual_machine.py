"""An assembler and a stack machine."""
from enum import IntEnum, auto
import struct


class Op(IntEnum):
    PUSH = auto(); ADD = auto(); SUB = auto(); MUL = auto(); JMP = auto(); JZ = auto(); LOAD = auto(); STORE = auto()
    PRINT = auto(); CALL = auto(); RET = auto(); HALT = auto(); DUP = auto(); LT = auto()


HAS_ARG = {Op.PUSH, Op.JMP, Op.JZ, Op.LOAD, Op.STORE, Op.CALL}


def assemble(text):
    labels, code, fixes = {}, bytearray(), []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.partition(";")[0].strip()
        if not line: continue
        if line.endswith(":"):
            labels[line[:-1]] = len(code)
            continue
        name, *args = line.split()
        try:
            op = Op[name.upper()]
        except KeyError:
            raise SyntaxError(f"line {number}: no instruction {name}") from None
        code.append(op)
        if op in HAS_ARG:
            try:
                value = int(args[0])
            except ValueError:
                fixes.append((len(code), args[0]))
                value = 0
            code += struct.pack("<i", value)
    for at, label in fixes:
        struct.pack_into("<i", code, at, labels[label])
    return bytes(code)


class VM:
    def __init__(self, code):
        self.code, self.stack, self.calls, self.memory, self.ip, self.steps, self.output = code, [], [], {}, 0, 0, []

    def run(self):
        while True:
            op = Op(self.code[self.ip])
            self.ip += 1
            arg = None
            if op in HAS_ARG:
                (arg,) = struct.unpack_from("<i", self.code, self.ip)
                self.ip += 4
            self.steps += 1
            if op is Op.HALT: return self
            getattr(self, "op_" + op.name.lower())(arg)

    def op_push(self, v): self.stack.append(v)
    def op_add(self, _): self.stack.append(self.stack.pop() + self.stack.pop())
    def op_mul(self, _): self.stack.append(self.stack.pop() * self.stack.pop())
    def op_sub(self, _):
        b, a = self.stack.pop(), self.stack.pop()
        self.stack.append(a - b)
    def op_lt(self, _):
        b, a = self.stack.pop(), self.stack.pop()
        self.stack.append(int(a < b))
    def op_jmp(self, t): self.ip = t
    def op_jz(self, t):
        if not self.stack.pop(): self.ip = t
    def op_load(self, k): self.stack.append(self.memory.get(k, 0))
    def op_store(self, k): self.memory[k] = self.stack.pop()
    def op_print(self, _): self.output.append(self.stack.pop())
    def op_dup(self, _): self.stack.append(self.stack[-1])
    def op_call(self, t):
        self.calls.append(self.ip)
        self.ip = t
    def op_ret(self, _): self.ip = self.calls.pop()


source = """
    push 1
    store 0
    push 1
    store 1       ; i
loop:
    load 1
    push 11
    lt
    jz end
    load 0
    load 1
    mul
    store 0
    load 1
    call inc
    store 1
    jmp loop
end:
    load 0
    print
    push 6
    dup
    mul
    print
    halt
inc:
    push 1
    add
    ret
"""
code = assemble(source)
vm = VM(code).run()
print(len(code), code[:12].hex(" "), vm.output, vm.steps, vm.memory)
try:
    assemble("push 1\nbogus")
except SyntaxError as e:
    print(e)
