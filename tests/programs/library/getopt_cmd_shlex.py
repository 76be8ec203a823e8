import cmd
import getopt
import io
import shlex
import fnmatch
import glob
from textwrap import dedent

print(getopt.getopt("-a -b val --long --key=v rest".split(), "ab:", ["long", "key="]), getopt.gnu_getopt(["x", "-a", "y"], "a"))
for bad in (["-z"], ["-b"], ["--nope"]):
    try:
        getopt.getopt(bad, "ab:", ["long"])
    except getopt.GetoptError as e:
        print(e, e.opt)


class Shell(cmd.Cmd):
    prompt = "> "
    intro = "welcome"
    def __init__(self, **k): super().__init__(**k); self.stack = []
    def do_push(self, arg):
        """push N: put a number on the stack"""
        self.stack += map(int, shlex.split(arg))
    def do_add(self, arg): self.stack.append(self.stack.pop() + self.stack.pop())
    def do_show(self, arg): print(self.stack, file=self.stdout)
    def do_quit(self, arg): return True
    def default(self, line): print("what?", line, file=self.stdout)
    def emptyline(self): pass


out = io.StringIO()

s = Shell(stdin=io.StringIO("push 1 2\nadd\nshow\nhuh x\n\nhelp push\nquit\nshow\n"), stdout=out)
s.use_rawinput = False
s.cmdloop()
print(out.getvalue())
s.onecmd("push 5"); s.onecmd("show"); print(s.stack, s.completenames("sh"))
print(shlex.split("a 'b c' \"d e\" f\\ g"), shlex.join(["a b", "c"]), shlex.quote("it's"), fnmatch.filter(["a.py", "b.txt", "c.py"], "*.py"), fnmatch.fnmatch("abc", "a?c"), glob.glob("*.nothing"), dedent("  x\n  y"))
