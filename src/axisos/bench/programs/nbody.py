# mypy: ignore-errors
"""Planets around a sun: floating-point arithmetic on lists, few calls."""

from itertools import combinations

DAYS = 365.24
MASS = 4.0 * 3.141592653589793 * 3.141592653589793


def bodies():
    """Position, velocity and mass of the sun and four planets, in astronomical units, years and solar masses."""
    return [
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], MASS),
        ([4.8414, -1.1603, -0.1036], [0.001660 * DAYS, 0.007699 * DAYS, -0.0000690 * DAYS], 0.000955 * MASS),
        ([8.3434, 4.1248, -0.4035], [-0.002767 * DAYS, 0.004998 * DAYS, 0.0000230 * DAYS], 0.000286 * MASS),
        ([12.894, -15.111, -0.2233], [0.002964 * DAYS, 0.002378 * DAYS, -0.0000296 * DAYS], 0.0000437 * MASS),
        ([15.379, -25.919, 0.1793], [0.002680 * DAYS, 0.001628 * DAYS, -0.0000951 * DAYS], 0.0000515 * MASS),
    ]


def advance(system, pairs, step, times):
    for _ in range(times):
        for (first, first_speed, first_mass), (second, second_speed, second_mass) in pairs:
            dx = first[0] - second[0]
            dy = first[1] - second[1]
            dz = first[2] - second[2]
            pull = step * (dx * dx + dy * dy + dz * dz) ** -1.5
            first_pull = first_mass * pull
            second_pull = second_mass * pull
            first_speed[0] -= dx * second_pull
            first_speed[1] -= dy * second_pull
            first_speed[2] -= dz * second_pull
            second_speed[0] += dx * first_pull
            second_speed[1] += dy * first_pull
            second_speed[2] += dz * first_pull
        for place, speed, _mass in system:
            place[0] += step * speed[0]
            place[1] += step * speed[1]
            place[2] += step * speed[2]


def energy(system, pairs):
    total = 0.0
    for (first, _, first_mass), (second, _, second_mass) in pairs:
        dx = first[0] - second[0]
        dy = first[1] - second[1]
        dz = first[2] - second[2]
        total -= first_mass * second_mass / (dx * dx + dy * dy + dz * dz) ** 0.5
    for _, (vx, vy, vz), mass in system:
        total += mass * (vx * vx + vy * vy + vz * vz) / 2.0
    return total


def main(n=2000):
    system = bodies()
    pairs = list(combinations(system, 2))
    advance(system, pairs, 0.01, n)
    print(f"{energy(system, pairs):.9f}")


if __name__ == "__main__":
    main()
