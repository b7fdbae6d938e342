"""A test of a table's rows that is as strict as their JSON schema, and a thousand times as quick.

Of JSON Schema it knows what the schemas of `config/schemas/` use; their rows hold text alone. Why a
row is wrong is the validator's to say.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

Values = Mapping[str, str]

Test = Callable[[Values], bool]

CellTest = Callable[[str], bool]

NOTES = frozenset({"$schema", "title", "description"})
"""Keywords that ask for nothing."""


def row_test(schema: Mapping[str, Any]) -> Test:
    """A test of a row's values by column. Raises ValueError for a keyword that it does not know."""
    tests: list[Test] = []
    for keyword, value in schema.items():
        match keyword, value:
            case ("properties", _):
                tests.append(_cells({name: _cell_test(cell) for name, cell in value.items()}))
            case ("required", _):
                tests.append(_has(frozenset(value)))
            case ("additionalProperties", False):
                tests.append(_has_only(frozenset(schema["properties"])))
            case ("anyOf", _):
                tests.append(_any([row_test(one) for one in value]))
            case ("if", _):
                tests.append(_implies(row_test(value), row_test(schema["then"])))
            case ("then", _) | ("type", "object"):
                pass
            case _ if keyword not in NOTES:
                raise ValueError(f"no test for {keyword}: {value}")
    return lambda row: all(test(row) for test in tests)


def _cells(tests: Mapping[str, CellTest]) -> Test:
    return lambda row: all(tests[name](cell) for name, cell in row.items() if name in tests)


def _has(names: frozenset[str]) -> Test:
    return lambda row: names <= row.keys()


def _has_only(names: frozenset[str]) -> Test:
    return lambda row: row.keys() <= names


def _any(tests: list[Test]) -> Test:
    return lambda row: any(test(row) for test in tests)


def _implies(condition: Test, consequence: Test) -> Test:
    return lambda row: not condition(row) or consequence(row)


def _cell_test(schema: Mapping[str, Any]) -> CellTest:
    tests: list[CellTest] = []
    for keyword, value in schema.items():
        match keyword:
            case "pattern":
                tests.append(_matches(value))
            case "enum":
                tests.append(frozenset(value).__contains__)
            case "const":
                tests.append(frozenset({value}).__contains__)
            case "minLength" | "maxLength":
                tests.append(_length(schema.get("minLength", 0), schema.get("maxLength")))
            case "type" if value == "string":
                pass
            case _ if keyword not in NOTES:
                raise ValueError(f"no test for {keyword}: {value}")
    return tests[0] if len(tests) == 1 else lambda cell: all(test(cell) for test in tests)


def _matches(pattern: str) -> CellTest:
    search = re.compile(pattern).search
    return lambda cell: search(cell) is not None


def _length(least: int, most: int | None) -> CellTest:
    return lambda cell: least <= len(cell) and (most is None or len(cell) <= most)
