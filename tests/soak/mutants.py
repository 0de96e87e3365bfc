"""Small mistakes made on purpose in a module, to learn whether its tests would notice.

    python tests/soak/mutants.py CHANGED.py bot.newsroom.due tests/newsroom/test_due.py

runs those tests with the changed text in the module's place, and ends as pytest does.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

import pytest

COMPARED: dict[type[ast.cmpop], tuple[ast.cmpop, ...]] = {
    ast.Lt: (ast.LtE(), ast.Gt()),
    ast.LtE: (ast.Lt(), ast.GtE()),
    ast.Gt: (ast.GtE(), ast.Lt()),
    ast.GtE: (ast.Gt(), ast.LtE()),
    ast.Eq: (ast.NotEq(),),
    ast.NotEq: (ast.Eq(),),
    ast.Is: (ast.IsNot(),),
    ast.IsNot: (ast.Is(),),
    ast.In: (ast.NotIn(),),
    ast.NotIn: (ast.In(),),
}
RECKONED: dict[type[ast.operator], tuple[ast.operator, ...]] = {
    ast.Add: (ast.Sub(),),
    ast.Sub: (ast.Add(),),
    ast.Mult: (ast.Add(),),
    ast.Mod: (ast.FloorDiv(),),
    ast.LShift: (ast.RShift(),),
    ast.RShift: (ast.LShift(),),
    ast.BitAnd: (ast.BitOr(),),
    ast.BitOr: (ast.BitAnd(), ast.BitXor()),
}
RENAMED = {"max": "min", "min": "max"}
SHORT = 10
"""Characters of a text that is a sign to the code; longer ones are for people."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one place. `name` says where it is and how the statement reads now."""

    name: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of its text; of those that read alike one."""
    seen = {ast.unparse(ast.parse(source))}
    goal = 0
    while True:
        changer = _Changer(goal)
        tree = ast.fix_missing_locations(changer.visit(ast.parse(source)))
        if not changer.is_done:
            return
        text = ast.unparse(tree)
        if text not in seen:
            seen.add(text)
            yield Mutant(f"{changer.where}: {ast.unparse(changer.statement).splitlines()[0]}", text)
        goal += 1


class _Changer(ast.NodeTransformer):
    """Walks a module and makes the change number `goal`, counted over all places."""

    def __init__(self, goal: int) -> None:
        self._left = goal
        self._functions: list[str] = []
        self._statements: list[ast.stmt] = []
        self.is_done = False
        self.where = ""
        self.statement: ast.stmt = ast.Pass()

    def visit(self, node: ast.AST) -> ast.AST:
        if self.is_done or _is_for_people(node):
            return node
        if isinstance(node, ast.stmt):
            self._statements.append(node)
        try:
            for change in _changes(node):
                if self._left == 0:
                    return self._settle(change)
                self._left -= 1
            return self._descend(node)
        finally:
            if isinstance(node, ast.stmt):
                self._statements.pop()

    def _settle(self, change: ast.AST) -> ast.AST:
        self.is_done = True
        self.where = ".".join(self._functions) or "module"
        # The statement is changed in place, unless the change is the whole of it.
        self.statement = change if isinstance(change, ast.stmt) else self._statements[-1]
        return change

    def _descend(self, node: ast.AST) -> ast.AST:
        named = isinstance(node, ast.FunctionDef | ast.ClassDef)
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            self._functions.append(node.name)
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list"):
                continue
            if isinstance(value, list):
                value[:] = [self.visit(one) if isinstance(one, ast.AST) else one for one in value]
            elif isinstance(value, ast.AST):
                setattr(node, name, self.visit(value))
        if named:
            self._functions.pop()
        return node


def _is_for_people(node: ast.AST) -> bool:
    """Imports, docstrings and error messages: not what the tests of a rule are about."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.JoinedStr():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
    return False


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """The changes that may be made at this very node."""
    match node:
        case ast.Compare(ops=ops):
            for place, one in enumerate(ops):
                for other in COMPARED[type(one)]:
                    changed = deepcopy(node)
                    changed.ops[place] = other
                    yield changed
        case ast.BinOp(left=left, op=op, right=right):
            for reckoned in RECKONED.get(type(op), ()):
                yield ast.BinOp(left, reckoned, right)
        case ast.BoolOp(op=both, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(both, ast.And) else ast.And(), values)
            for place in range(len(values)):
                rest = values[:place] + values[place + 1 :]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(both, rest)
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.If(test=test) | ast.While(test=test):
            changed_test = deepcopy(node)
            changed_test.test = ast.UnaryOp(ast.Not(), test)
            yield changed_test
        case ast.Constant(value=bool(flag)):
            yield ast.Constant(not flag)
        case ast.Constant(value=int(number)):
            yield ast.Constant(number + 1)
            yield ast.Constant(number - 1)
        case ast.Constant(value=str(text)) if len(text) < SHORT:
            yield ast.Constant(text + "!")
        case ast.Name(id=name) if name in RENAMED:
            yield ast.Name(RENAMED[name], ast.Load())
        case ast.AugAssign() | ast.Break() | ast.Continue() | ast.Raise():
            yield ast.Pass()
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()


class Backwards:
    """The examples stand behind the properties, and cost a hundredth of their time."""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.reverse()


def main(changed: str, module: str, tests: str) -> int:
    """Run the tests with the text of the file `changed` as `module`."""
    spec = importlib.util.spec_from_file_location(module, changed)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[module] = made
    spec.loader.exec_module(made)
    package, _, name = module.rpartition(".")
    setattr(importlib.import_module(package), name, made)
    options = ["-x", "-q", "--noconftest", "--no-header", "-p", "no:cacheprovider"]
    return int(pytest.main([*options, "-p", "no:randomly", tests], plugins=[Backwards()]))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
