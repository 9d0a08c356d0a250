"""Find checks that can't fail, and tests that check nothing, by reading the source of the tests."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

PURE = {"len", "set", "list", "tuple", "sorted", "str", "int", "dict", "min", "max", "sum"}  # same in, same out
EMPTY_CALLS = {"set", "frozenset", "list", "tuple", "dict"}
ASSERTION_ERRORS = {"AssertionError", "Exception", "BaseException"}
FAILING = {"raises", "fail", "warns"}  # of pytest


def find_faults(tree: ast.Module) -> Iterator[str]:
    """Yield what is wrong with the checks of a file, each with its line."""
    for node in ast.walk(tree):
        for fault in _faults_of(node):
            yield f"line {node.lineno}: {fault}"  # type: ignore[attr-defined]


def _faults_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Assert):
        yield from _always_true(node.test)
    elif isinstance(node, ast.Lambda) and isinstance(node.body, (ast.BoolOp, ast.Compare)):
        yield from _always_true(node.body)
    elif isinstance(node, ast.Call) and _name(node.func) in ("all", "any") and node.args:
        yield from _loops_over_nothing(getattr(node.args[0], "generators", []))
    elif isinstance(node, ast.For) and _is_empty(node.iter):
        yield "a loop over nothing"
    elif isinstance(node, ast.Try) and any(isinstance(inner, ast.Assert) for inner in _walk_all(node.body)):
        yield from (f"{_name(one.type)} hides a failed assert" for one in node.handlers if _swallows(one))
    elif isinstance(node, (ast.With, ast.AsyncWith)) and any(_suppresses(item.context_expr) for item in node.items):
        yield "a failed assert is suppressed"


def _always_true(test: ast.expr) -> Iterator[str]:
    """Yield why an expression is true whatever the code under test does."""
    if _is_true(test):
        yield "the condition is a constant"
    elif isinstance(test, ast.BoolOp):
        for value in test.values:
            yield from (f"a part of and/or: {fault}" for fault in _always_true(value))
    elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and _is_empty(test.operand):
        yield "the condition is a constant"
    elif isinstance(test, ast.IfExp):
        yield from (*_always_true(test.body), *_always_true(test.orelse))
    elif isinstance(test, ast.Compare):
        yield from _empty_comparison(test)


def _is_true(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return bool(node.value)
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return bool(node.elts)
    if isinstance(node, ast.Dict):
        return bool(node.keys)
    return isinstance(node, (ast.JoinedStr, ast.Lambda, ast.GeneratorExp))


def _is_empty(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return _name(node.func) in EMPTY_CALLS and not node.args and not node.keywords
    literal = isinstance(node, (ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Constant))
    return literal and not _is_true(node)


def _empty_comparison(test: ast.Compare) -> Iterator[str]:
    """Yield why a comparison has only one possible outcome."""
    left, right, kind = test.left, test.comparators[0], test.ops[0]
    if all(isinstance(side, ast.Constant) for side in (left, *test.comparators)):
        yield "constants are compared"
    elif ast.dump(left) == ast.dump(right) and all(_name(call.func) in PURE for call in _calls(left)):
        yield "a thing is compared to itself"
    elif isinstance(kind, ast.In) and isinstance(left, ast.Constant) and left.value == "":
        yield "every text contains the empty one"
    elif isinstance(kind, ast.GtE) and _is_empty(right) and not isinstance(right, ast.Constant):
        yield "everything is as much as nothing"
    elif isinstance(left, ast.Call) and _name(left.func) == "len" and _is_natural(kind, right):
        yield "a length is never negative"


def _is_natural(kind: ast.cmpop, bound: ast.expr) -> bool:
    """Return True for `>= 0`, `> -1` and `!= -1`."""
    value = ast.unparse(bound)
    return (isinstance(kind, ast.GtE) and value == "0") or (isinstance(kind, (ast.Gt, ast.NotEq)) and value == "-1")


def _loops_over_nothing(generators: Iterable[ast.comprehension]) -> Iterator[str]:
    if any(_is_empty(generator.iter) for generator in generators):
        yield "a loop over nothing"


def _swallows(handler: ast.ExceptHandler) -> bool:
    """Return True if a handler catches failed asserts and lets the test go on."""
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    catches = any(one is None or _name(one) in ASSERTION_ERRORS for one in caught)
    return catches and not any(isinstance(node, ast.Raise) or _fails(node) for node in _walk_all(handler.body))


def _suppresses(context: ast.expr) -> bool:
    return isinstance(context, ast.Call) and _name(context.func) == "suppress" and any(
        _name(caught) in ASSERTION_ERRORS for caught in context.args
    )  # fmt: skip


def _walk_all(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for node in body:
        yield from ast.walk(node)


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))


def _name(node: ast.AST | None) -> str:
    """Return the last word of a dotted name."""
    return getattr(node, "id", None) or getattr(node, "attr", None) or ""


def _fails(node: ast.AST) -> bool:
    """Return True for what can fail a test by itself: an assert, an AssertionError, pytest.raises and its kind."""
    if isinstance(node, ast.Raise):
        return node.exc is not None and "AssertionError" in ast.unparse(node.exc)
    is_pytest = isinstance(node, ast.Attribute) and _name(node.value) == "pytest" and node.attr in FAILING
    return isinstance(node, ast.Assert) or is_pytest


def find_checking_functions(trees: Iterable[ast.Module]) -> set[str]:
    """Return the names of the helpers in these files that can fail a test, by an assert of their own or of another."""
    bodies: dict[str, list[ast.FunctionDef]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and not node.name.startswith(("test_", "__")):
                bodies.setdefault(node.name, []).append(node)
    checking = {name for name, nodes in bodies.items() if any(map(_fails, _walk_all(nodes)))}
    uses = {name: {_own_name(call.func) for node in nodes for call in _calls(node)} for name, nodes in bodies.items()}
    while grown := {name for name, used in uses.items() if name not in checking and used & checking}:
        checking |= grown
    return checking


def _own_name(node: ast.AST) -> str:
    """Return the name of a function that is called as it is, or on self."""
    is_own = isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and _name(node.value) == "self")
    return _name(node) if is_own else ""


def find_tests_without_checks(tree: ast.Module, checking: set[str]) -> Iterator[str]:
    """Yield the tests of a file that can fail by an unexpected exception alone."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    of_the_bot = {
        alias.asname or alias.name
        for node in imports
        if not (node.module or "").startswith("tests")
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            used = {_name(call.func) for call in _calls(node) if _root(call.func) not in of_the_bot}
            if not used & checking and not any(map(_fails, ast.walk(node))):
                yield f"line {node.lineno}: {node.name} checks nothing"


def _root(node: ast.expr) -> str:
    """Return the first word of a dotted name."""
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return _name(node)
