"""The lexer and parser: what is a word, what is a command, what is only the beginning of one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axis.shell.lexer import END, Lexer
from axis.shell.parser import Parser
from axis.shell.syntax import IncompleteError, Pipeline, ShellSyntaxError, Simple, Text
from axis.shell.unparse import command_text, quote, word_text


def tokens(text: str) -> list[str]:
    lexer = Lexer(text)
    found = []
    while (token := lexer.next_token()).kind != END:
        found.append(token.text if token.word is None else word_text(token.word))
    return found


def parsed(text: str) -> str:
    return command_text(Parser(text).parse_program())


def test_words_end_at_blanks_and_operators() -> None:
    """Operators need no blanks around them; a digit in front of a redirection belongs to it."""
    assert tokens("a|b&&c>d 2>&1;e&") == ["a", "|", "b", "&&", "c", ">", "d", "2", ">&", "1", ";", "e", "&"]
    assert tokens("echo 2 >f a2>g") == ["echo", "2", ">", "f", "a2", ">", "g"]


def test_operators_in_quotes_are_text() -> None:
    """Quotes and backslashes take every meaning away."""
    assert tokens("echo '>' \"|\" \\; \\&") == ["echo", "'>'", "'|'", "';'", "'&'"]


def test_a_comment_begins_at_the_start_of_a_word_only() -> None:
    assert tokens("a#b # c d\ne") == ["a#b", "\n", "e"]


def test_a_backslash_joins_lines() -> None:
    assert tokens("ec\\\nho a \\\n b") == ["echo", "a", "b"]


def test_dollar_quotes_know_control_characters() -> None:
    word = Lexer(r"$'a\n\t\x41\101\'\u00e9'").next_token().word
    assert word is not None and word.literal() == "a\n\tAA'é"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a | b && ! c || d; e &", "a | b && ! c || d; e &"),
        ("if a\nthen b\nelif c; then d\nelse e\nfi", "if a; then b; elif c; then d; else e; fi"),
        ("while a; do b & done", "while a; do b & done"),
        ("until a\ndo b\ndone > f", "until a; do b; done > f"),
        ("for i in a 'b c'; do :; done", "for i in a 'b c'; do :; done"),
        ("for i\ndo :; done", "for i; do :; done"),
        ("case $x in a|b) c;; *) d\nesac", "case ${x} in (a | b) c;; (*) d;; esac"),
        ("f() { a; }", "f() { a; }"),
        ("function f { a; }", "f() { a; }"),
        ("f() (a)", "f() ( a )"),
        ("(a; b) 2>/dev/null", "( a; b ) 2> /dev/null"),
        ("x=1 y+=2 env", "x=1 y+=2 env"),
        (">f", "> f"),
        ("echo if then {", "echo if then {"),
        ("echo `a \\`b\\``", "echo $(a $(b))"),
        ("echo $(case x in x) y;; esac)", "echo $(case x in (x) y;; esac)"),
        ("echo $((1 + (2 * 3)))", "echo $((1 + (2 * 3)))"),
        ("echo $((a) | b)", "echo $( ( a ) | b)"),
        ("cat <<A <<-B\nx $y\nA\n\tz\n\tB\n", "cat <<< 'x '\"${y}\"'' <<< 'z'"),
        ("cat <<'A'\n$x\nA\n", "cat <<< '$x'"),
        ("a |\n\nb &&\n c", "a | b && c"),
    ],
)
def test_forms(text: str, meaning: str) -> None:
    """Each form of the grammar is read, and written back in one way."""
    assert parsed(text) == meaning
    assert parsed(meaning) == meaning


@pytest.mark.parametrize(
    "text",
    ["a |", "a &&", "if a", "if a; then", "while a; do b", "for i in a; do", "case x in", "case x in a) b", "{ a",
     "( a", "'a", '"a', "$(a", "${a", "`a", "$((1", "cat <<E\nx", "cat <<E", "f()", "a \\"],
)
def test_text_that_could_go_on(text: str) -> None:
    """A prompt asks for more instead of complaining."""
    with pytest.raises(IncompleteError):
        Parser(text).parse_program()


@pytest.mark.parametrize(
    ("text", "near"),
    [(")", ")"), ("a )", ")"), ("; a", ";"), ("a ;; b", ";;"), ("fi", "fi"), ("if a; fi", "fi"), ("| a", "|"),
     ("for 1 in a; do b; done", "1"), ("a > ;", ";"), ("{ a } ", "end"), ("()", ")"), ("echo (a)", "a"),
     ("${a!b}", "a!")],
)
def test_text_that_is_wrong(text: str, near: str) -> None:
    """The message names the place."""
    with pytest.raises(ShellSyntaxError) as caught:
        Parser(text).parse_program()
    assert near in caught.value.message


def test_errors_name_the_line() -> None:
    with pytest.raises(ShellSyntaxError) as caught:
        Parser("a\n'b\nc'\nd )\n").parse_program()
    assert caught.value.line == 4


def test_lines_are_read_one_by_one() -> None:
    """What stands before a wrong line can be run."""
    parser = Parser("a; b\n\nc |\nd\n)")
    first, second = parser.parse_line(), parser.parse_line()
    assert first is not None and command_text(first) == "a; b"
    assert second is not None and command_text(second) == "c | d"
    with pytest.raises(ShellSyntaxError):
        parser.parse_line()


def test_an_alias_stands_for_its_text_once() -> None:
    """An alias may use its own name, and may hold several commands."""
    aliases = {"ls": "ls -l", "two": "a; b"}
    assert command_text(Parser("ls x; two c; echo ls", aliases=aliases).parse_program()) == "ls -l x; a; b c; echo ls"


def test_quoted_names_are_neither_keywords_nor_aliases() -> None:
    tree = Parser("'if' a", aliases={"if": "no"}).parse_program()
    assert type(tree.items[0][0]) is Simple


NAMES = st.sampled_from(["x", "foo", "HOME", "_a1"])
LITERALS = st.text("ab*?[]{}~=/\\'\"$` \t\n;&|<>()#!é", min_size=1, max_size=6)


@given(LITERALS)
def test_a_quoted_text_is_one_word_and_itself(text: str) -> None:
    """`quote` is the inverse of reading."""
    word = Lexer(quote(text)).next_token().word
    assert word is not None and word.literal() == text


@st.composite
def words(draw: st.DrawFn, depth: int = 2) -> str:
    """A word as somebody could type it."""
    pieces = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.integers(0, 7 if depth else 3))
        if kind == 0:
            pieces.append(draw(st.sampled_from(["a", "b*", "?c", "x=1", "-n", "~", "/etc"])))
        elif kind == 1:
            pieces.append(quote(draw(LITERALS)))
        elif kind == 2:
            pieces.append("$" + draw(st.sampled_from(["x", "?", "#", "@", "1", "{x}", "{#x}"])))
        elif kind == 3:
            pieces.append('"' + draw(st.sampled_from(["a b", "$x", "\\$", "'", "a\\\"b", "${x}y"])) + '"')
        elif kind == 4:
            operator = draw(st.sampled_from([":-", "-", ":=", "+", "#", "%%", "/"]))
            inner = draw(words(depth - 1))
            pieces.append("${" + draw(NAMES) + operator + inner + "}")
        elif kind == 5:
            pieces.append("$(" + draw(commands(depth - 1)) + ")")
        elif kind == 6:
            pieces.append('"${x:-' + draw(st.sampled_from(["a", "$y", "\\}", "'q'", "$(b)"])) + '}"')
        else:
            pieces.append("$((" + draw(st.sampled_from(["1+2", "$x * 3", "(a)", "x++"])) + "))")
    return "".join(pieces)


@st.composite
def commands(draw: st.DrawFn, depth: int = 2) -> str:
    """A command as somebody could type it."""
    kind = draw(st.integers(0, 9 if depth else 1))
    simple = "cmd " + " ".join(draw(st.lists(words(max(0, depth - 1)), max_size=3)))
    if kind == 0:
        return simple
    if kind == 1:
        return simple + draw(st.sampled_from([" > f", " 2>&1", " < g >>h", " &>k", " <<< w"]))
    inner = draw(commands(depth - 1))
    other = draw(commands(depth - 1))
    return {
        2: f"{inner} | {other}", 3: f"{inner} && {other} || {inner}", 4: f"( {inner} )", 5: f"{{ {inner}; {other}; }}",
        6: f"if {inner}; then {other}; else {inner}; fi", 7: f"while {inner}; do {other} & done",
        8: f"for i in a b; do {inner}; done", 9: f"case x in a) {inner};; *) {other};; esac",
    }[kind]


@given(commands())
def test_a_tree_written_back_means_the_same(text: str) -> None:
    """What a subshell process is started with is what was typed."""
    once = parsed(text)
    assert parsed(once) == once


@given(st.text("abi f()<>|&;'\"$`\\\n{}!#=*0", max_size=25))
def test_no_text_breaks_the_parser(text: str) -> None:
    """Anything is either a program or a ShellSyntaxError."""
    try:
        Parser(text).parse_program()
    except ShellSyntaxError:
        pass


def test_a_pipeline_of_one_is_the_command_itself() -> None:
    tree = Parser("a | b").parse_program()
    assert type(tree.items[0][0]) is Pipeline
    assert type(Parser("a").parse_program().items[0][0]) is Simple
    assert Text("a").quoted is False
