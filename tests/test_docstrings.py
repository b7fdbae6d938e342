"""Public functions, methods and classes say what they take, give and raise (Google style)."""

import ast
import re
from collections.abc import Iterator

import pytest

from places import ROOT

PACKAGE = ROOT / "workflow_scripts" / "mouthpiece"

Function = ast.FunctionDef | ast.AsyncFunctionDef
PROPERTIES = {"property", "cached_property", "setter"}


def name_of(node: ast.expr) -> str:
    """The last part of a (called) dotted name."""
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def is_public(name: str) -> bool:
    return not name.startswith("_")


def inside(function: Function) -> Iterator[ast.AST]:
    """The nodes of a function, without those of functions and classes inside it."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, Function | ast.ClassDef | ast.Lambda):
            continue
        yield node
        pending += ast.iter_child_nodes(node)


def block(doc: str, title: str) -> str:
    """The lines of a docstring's block, such as that below `Args:`."""
    found = re.search(rf"^{title}:\n((?:    .*\n|\n)+)", doc + "\n", re.MULTILINE)
    return found[1] if found else ""


def named(text: str) -> set[str]:
    """What the lines of a block begin with: `name: ...`."""
    return set(re.findall(r"^    \*{0,2}(\w+)(?: \([^)]*\))?:", text, re.MULTILINE))


def function_problems(function: Function) -> Iterator[str]:
    doc = ast.get_docstring(function)
    decorators = {name_of(one) for one in function.decorator_list}
    if not doc:
        yield "no docstring"
        return
    # The options of a command have help texts.
    is_command = "typer." in ast.unparse(function.args) or decorators & {"command", "callback"}
    if doc.startswith("See `") or is_command:
        return
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [one for one in (arguments.vararg, arguments.kwarg) if one]
    wanted = {one.arg for one in every if is_public(one.arg)} - {"self", "cls"}
    if not decorators & PROPERTIES:
        if missing := wanted - named(block(doc, "Args")):
            yield f"Args: lacks {', '.join(sorted(missing))}"
        if strange := named(block(doc, "Args")) - wanted:
            yield f"Args: has {', '.join(sorted(strange))}"
        nodes = list(inside(function))
        gives = function.returns and ast.unparse(function.returns).strip("'\"")
        if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in nodes):
            if not block(doc, "Yields"):
                yield "no Yields:"
        elif gives not in (None, "None", "NoReturn") and not block(doc, "Returns"):
            yield "no Returns:"
    if missing := raised_by(function) - {"Exit"} - named(block(doc, "Raises")):
        yield f"Raises: lacks {', '.join(sorted(missing))}"


def raised_by(function: Function) -> set[str]:
    """The errors that a function raises by name and does not handle itself."""
    nodes = list(inside(function))
    handled = {
        id(node): caught
        for attempt in nodes
        if isinstance(attempt, ast.Try)
        for caught in [" ".join(ast.unparse(h.type or attempt) for h in attempt.handlers)]
        for statement in attempt.body
        for node in ast.walk(statement)
    }
    raised = [
        (name_of(node.exc), handled.get(id(node), ""))
        for node in nodes
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
    ]
    return {name for name, caught in raised if name[:1].isupper() and name not in caught}


def class_problems(node: ast.ClassDef) -> Iterator[str]:
    doc = ast.get_docstring(node)
    if not doc:
        yield "no docstring"
    elif "dataclass" in {name_of(one) for one in node.decorator_list}:
        described = named(block(doc, "Attributes"))
        names_base = any(f"of `{ast.unparse(base)}`" in doc for base in node.bases)
        for field, after in zip(node.body, [*node.body[1:], None], strict=True):
            if not isinstance(field, ast.AnnAssign):
                continue
            if ast.unparse(field.annotation).startswith(("ClassVar", "Literal")) and field.value:
                continue  # what a class is, no value of its objects
            if names_base and field.value:
                continue  # another default of a field that the base describes
            name = ast.unparse(field.target)
            is_described = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            if is_public(name) and name not in described and not is_described:
                yield f"Attributes: lacks {name}"


def problems(source: str) -> Iterator[str]:
    """What is wrong with the docstrings of a module."""
    tree = ast.parse(source)
    if ast.get_docstring(tree) in (None, "", "TODO"):
        yield "the module: no docstring"
    pending: list[tuple[str, ast.stmt]] = [("", node) for node in tree.body]
    while pending:
        prefix, node = pending.pop(0)
        if isinstance(node, Function | ast.ClassDef) and is_public(node.name):
            is_class = isinstance(node, ast.ClassDef)
            found = class_problems(node) if is_class else function_problems(node)
            yield from (f"{prefix}{node.name}: {problem}" for problem in found)
            if is_class:
                pending += [(f"{prefix}{node.name}.", one) for one in node.body]


def modules() -> Iterator[tuple[str, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8")


def test_public_docstrings_are_complete() -> None:
    found = [f"{name}: {problem}" for name, source in modules() for problem in problems(source)]
    assert not found, "\n".join(found)


COMPLETE = '''"""A module."""


@dataclass
class Point:
    """A point.

    Attributes:
        x: Across.
    """

    x: int
    y: int
    """Down."""

    def moved(self, dx: int) -> "Point":
        """Move it.

        Args:
            dx: How far.

        Returns:
            A copy.

        Raises:
            ValueError: If it is too far.
        """
        if dx > 9:
            raise ValueError("too far")
        return Point(self.x + dx, self.y)

    @property
    def sum(self) -> int:
        """Both."""
        return self.x + self.y

    def draw(self, pen: Pen) -> Line:
        """See `Shape.draw`."""

    def _hidden(self, x):
        pass


@contextmanager
def opened(path: Path) -> Iterator[File]:
    """Open a file.

    Args:
        path: Which one.

    Yields:
        The file.
    """
    yield path.open()
'''


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"""A module."""', '"""TODO"""', "the module: no docstring"),
        ("        x: Across.\n", "        z: Up.\n", "Point: Attributes: lacks x"),
        ('    """Down."""\n', "", "Point: Attributes: lacks y"),
        ("            dx: How far.\n", "            d: How far.\n", "Point.moved: Args: lacks dx"),
        ("        Returns:\n            A copy.\n", "", "Point.moved: no Returns:"),
        ("            ValueError: If", "            KeyError: If", "lacks ValueError"),
        ('        """See `Shape.draw`."""', "        pass", "Point.draw: no docstring"),
        ("Yields:", "Returns:", "opened: no Yields:"),
    ],
)
def test_each_rule_is_kept(old: str, new: str, problem: str) -> None:
    assert list(problems(COMPLETE)) == []
    assert old in COMPLETE
    assert any(problem in found for found in problems(COMPLETE.replace(old, new)))
