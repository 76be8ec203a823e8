from functools import lru_cache

LINES = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]


def winner(board):
    for a, b, c in LINES:
        if board[a] != "." and board[a] == board[b] == board[c]:
            return board[a]
    return None if "." in board else "draw"


def moves(board): return [i for i, c in enumerate(board) if c == "."]
def play(board, i, who): return board[:i] + who + board[i + 1:]


@lru_cache(None)
def value(board, who):
    if w := winner(board):
        return {"X": 1, "O": -1, "draw": 0}[w]
    scores = [value(play(board, i, who), "O" if who == "X" else "X") for i in moves(board)]
    return max(scores) if who == "X" else min(scores)


def best(board, who):
    other = "O" if who == "X" else "X"
    choose = max if who == "X" else min
    return choose(moves(board), key=lambda i: value(play(board, i, who), other))


def show(board): return "\n".join(board[i:i + 3] for i in (0, 3, 6))


board, who = "X...O....", "X"
while not winner(board):
    board = play(board, best(board, who), who)
    print(show(board), end="\n\n")
    who = "O" if who == "X" else "X"
print(winner(board), value("XX.OO....", "X"), value("XX.OO....", "O"), value.cache_info().currsize > 50)
