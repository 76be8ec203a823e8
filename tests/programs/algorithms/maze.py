import random
import heapq


class Maze:
    def __init__(self, width, height, seed=1):
        self.width, self.height = width, height
        self.grid = [["#"] * (2 * width + 1) for _ in range(2 * height + 1)]
        rng = random.Random(seed)
        stack = [(0, 0)]
        self.grid[1][1] = " "
        while stack:
            x, y = stack[-1]
            options = [
                (x + dx, y + dy, 2 * x + 1 + dx, 2 * y + 1 + dy)
                for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))
                if 0 <= x + dx < width and 0 <= y + dy < height and self.grid[2 * (y + dy) + 1][2 * (x + dx) + 1] == "#"
            ]
            if not options:
                stack.pop()
                continue
            nx, ny, wx, wy = rng.choice(options)
            self.grid[wy][wx] = " "
            self.grid[2 * ny + 1][2 * nx + 1] = " "
            stack.append((nx, ny))

    def solve(self):
        start, goal = (1, 1), (2 * self.width - 1, 2 * self.height - 1)
        queue = [(0, 0, start, None)]
        came = {}
        while queue:
            _, cost, cell, parent = heapq.heappop(queue)
            if cell in came:
                continue
            came[cell] = parent
            if cell == goal:
                break
            x, y = cell
            for nx, ny in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
                if self.grid[ny][nx] != "#" and (nx, ny) not in came:
                    guess = abs(nx - goal[0]) + abs(ny - goal[1])
                    heapq.heappush(queue, (cost + 1 + guess, cost + 1, (nx, ny), cell))
        path = []
        cell = goal
        while cell:
            path.append(cell)
            cell = came[cell]
        return path[::-1]

    def draw(self, path=()):
        marks = set(path)
        return "\n".join(
            "".join("." if (x, y) in marks else c for x, c in enumerate(row)) for y, row in enumerate(self.grid)
        )


maze = Maze(9, 5)
print(maze.draw())
path = maze.solve()
print(maze.draw(path))
print(len(path))
