"""What XPath makes of a cell: a small evaluator, for tests that hold our conditions against it.

Made from the specification of XForms, not from our own reader, so that the two cannot be wrong in the same
way. Answers are what a form keeps: '' for a missing one, figures for a number, the first day for a month.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date

Value = str | float | bool

_TOKEN = re.compile(r"\s*(\$\{\w+\}|'[^']*'|\"[^\"]*\"|\d+(?:\.\d+)?|[A-Za-z][\w-]*|!=|<=|>=|[-=<>+*(),.])")
_LEVELS = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "div"))


def evaluate(cell: str, answers: Mapping[str, str], own: str = "") -> Value:
    """`own`: the answer that '.' is."""
    return _Evaluator(cell, answers, own).whole()


def true(cell: str, answers: Mapping[str, str], own: str = "") -> bool:
    return _truth(evaluate(cell, answers, own))


def _truth(value: Value) -> bool:
    return bool(value) and not (isinstance(value, float) and math.isnan(value))


def _number(value: Value) -> float:
    if isinstance(value, str):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return float(date.fromisoformat(value).toordinal())
        return float(value) if re.fullmatch(r"-?\d+(\.\d*)?", value.strip()) else math.nan
    return float(value)


def _divided(one: float, by: float) -> float:
    if by:
        return one / by
    return math.nan if one == 0 or math.isnan(one) else math.copysign(math.inf, one)


def _same(one: Value, other: Value) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return _truth(one) == _truth(other)
    if isinstance(one, float) or isinstance(other, float):
        return _number(one) == _number(other)
    return one == other


_SIGNS: dict[str, Callable[[Value, Value], Value]] = {
    "or": lambda one, other: _truth(one) or _truth(other),
    "and": lambda one, other: _truth(one) and _truth(other),
    "=": _same,
    "!=": lambda one, other: not _same(one, other),
    "<": lambda one, other: _number(one) < _number(other),
    "<=": lambda one, other: _number(one) <= _number(other),
    ">": lambda one, other: _number(one) > _number(other),
    ">=": lambda one, other: _number(one) >= _number(other),
    "+": lambda one, other: _number(one) + _number(other),
    "-": lambda one, other: _number(one) - _number(other),
    "*": lambda one, other: _number(one) * _number(other),
    "div": lambda one, other: _divided(_number(one), _number(other)),
}


class _Evaluator:
    def __init__(self, cell: str, answers: Mapping[str, str], own: str) -> None:
        self._tokens = [*_TOKEN.findall(cell), ""]
        assert "".join(self._tokens) == re.sub(r"\s+(?=(?:[^'\"]|'[^']*'|\"[^\"]*\")*$)", "", cell), cell
        self._answers, self._own = answers, own

    def whole(self) -> Value:
        found = self._level(0)
        assert self._tokens == [""], self._tokens
        return found

    def _level(self, level: int) -> Value:
        if level == len(_LEVELS):
            return self._one()
        found = self._level(level + 1)
        while self._tokens[0] in _LEVELS[level]:
            sign = self._tokens.pop(0)
            found = _SIGNS[sign](found, self._level(level + 1))
        return found

    def _one(self) -> Value:
        token = self._tokens.pop(0)
        if token == "(":
            found = self._level(0)
            assert self._tokens.pop(0) == ")"
            return found
        if token == "-":
            return -_number(self._one())
        if token == ".":
            return self._own
        if token.startswith("$"):
            return self._answers[token[2:-1]]
        if token[0] in "'\"":
            return token[1:-1]
        return float(token) if token[0].isdigit() else self._called(token)

    def _called(self, name: str) -> Value:
        assert self._tokens.pop(0) == "("
        of: list[Value] = []
        while self._tokens[0] != ")":
            of.append(self._level(0))
            if self._tokens[0] == ",":
                self._tokens.pop(0)
        self._tokens.pop(0)
        match name, of:
            case "true" | "false", []:
                return name == "true"
            case "not", [one]:
                return not _truth(one)
            case "if", [test, yes, no]:
                return yes if _truth(test) else no
            case "selected", [several, one]:
                return str(one) in str(several).split()
            case "count-selected", [several]:
                return float(len(str(several).split()))
            case "number" | "date", [one]:
                return _number(one)
        raise AssertionError(name)
