import sys


def compile_bf(source):
    code, stack = [], []
    for c in source:
        if c in "><+-.,":
            if code and code[-1][0] == c and c not in ".,":
                code[-1] = (c, code[-1][1] + 1)
            else:
                code.append((c, 1))
        elif c == "[":
            stack.append(len(code))
            code.append(("[", None))
        elif c == "]":
            start = stack.pop()
            code.append(("]", start))
            code[start] = ("[", len(code) - 1)
    if stack:
        raise SyntaxError("unmatched [")
    return code


def run(source, data=""):
    code, tape, ptr, ip, out, data = compile_bf(source), bytearray(300), 0, 0, [], iter(data)
    while ip < len(code):
        op, arg = code[ip]
        if op == ">": ptr += arg
        elif op == "<": ptr -= arg
        elif op == "+": tape[ptr] = (tape[ptr] + arg) % 256
        elif op == "-": tape[ptr] = (tape[ptr] - arg) % 256
        elif op == ".": out.append(chr(tape[ptr]))
        elif op == ",": tape[ptr] = ord(next(data, "\0"))
        elif op == "[" and not tape[ptr]: ip = arg
        elif op == "]" and tape[ptr]: ip = arg
        ip += 1
    return "".join(out)


print(run("++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+."), end="|\n")
print(run(",[.,]", "echo"), run(",>,[<+>-]<.", "\x21\x20"))
for bad in ("[", "]"):
    try:
        run(bad)
    except (SyntaxError, IndexError) as e:
        print(type(e).__name__, e)
sys.stdout.flush()
