"""The shell's rooms: what `/bin/sh.py` is made of.

    text ── lexer ──> words ── parser ──> tree (syntax) ── run ──> processes, files, a status
                                            │                │
                                         unparse          expand (variables, globs), builtins, jobs

`system` is the one door to the kernel: the other rooms get it handed in, so all of them run in plain tests.
`session`, `line`, `history`, `complete` and `prompt` belong to the interactive shell only and are imported by it alone;
`terminal` is also what `init`, `su` and `passwd` ask their questions with.
"""
