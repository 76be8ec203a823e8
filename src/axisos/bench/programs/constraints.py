# mypy: ignore-errors
"""A chain of one-way constraints that is planned and executed again and again: small objects, virtual methods."""


class Variable:
    def __init__(self, name, value):
        self.name = name
        self.value = value
        self.strength = 0
        self.mark = 0
        self.users = []
        self.giver = None


class Constraint:
    def __init__(self, strength):
        self.strength = strength
        self.satisfied = False

    def inputs(self):
        return ()

    def execute(self):
        pass

    def add(self, planner):
        for variable in self.inputs():
            variable.users.append(self)
        planner.satisfy(self)


class Equal(Constraint):
    def __init__(self, source, target, strength):
        super().__init__(strength)
        self.source = source
        self.target = target

    def inputs(self):
        return (self.source,)

    def execute(self):
        self.target.value = self.source.value


class Scale(Constraint):
    def __init__(self, source, factor, offset, target, strength):
        super().__init__(strength)
        self.source = source
        self.factor = factor
        self.offset = offset
        self.target = target

    def inputs(self):
        return (self.source, self.factor, self.offset)

    def execute(self):
        self.target.value = self.source.value * self.factor.value + self.offset.value


class Planner:
    def __init__(self):
        self.mark = 0

    def satisfy(self, constraint):
        target = constraint.target
        if constraint.strength > target.strength or target.giver is None:
            if target.giver is not None:
                target.giver.satisfied = False
            target.giver = constraint
            target.strength = constraint.strength
            constraint.satisfied = True
            constraint.execute()

    def plan(self, start):
        self.mark += 1
        order = []
        todo = [start]
        while todo:
            variable = todo.pop()
            for constraint in variable.users:
                if constraint.satisfied and constraint.target.mark != self.mark:
                    constraint.target.mark = self.mark
                    order.append(constraint)
                    todo.append(constraint.target)
        return order


def chain(length):
    planner = Planner()
    variables = [Variable("v" + str(number), number) for number in range(length)]
    for source, target in zip(variables, variables[1:]):  # noqa: B905, RUF007 - as people write it
        Equal(source, target, 2).add(planner)
    total = 0
    for value in range(40):
        variables[0].value = value
        for constraint in planner.plan(variables[0]):
            constraint.execute()
        total += variables[-1].value
    return total


def projection(length):
    planner = Planner()
    factor = Variable("factor", 3)
    offset = Variable("offset", 1000)
    sources = []
    targets = []
    for number in range(length):
        source = Variable("s" + str(number), number)
        target = Variable("t" + str(number), number)
        Scale(source, factor, offset, target, 3).add(planner)
        sources.append(source)
        targets.append(target)
    for value in (5, 7, 9):
        factor.value = value
        for constraint in planner.plan(factor):
            constraint.execute()
    return sum(target.value for target in targets) % 1000003


def main(n=500):
    print(chain(n), projection(n))


if __name__ == "__main__":
    main()
