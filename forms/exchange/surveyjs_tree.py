"""The expressions of SurveyJS as a tree: `{heis} = 'nei' and {rom} > 2`.

The same tree as that of XPath, so that `xpath_in` says both in our language: there as here a comparison with
an answer that is missing is false, and `!=` true.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from forms.exchange.tables import slug
from forms.exchange.xpath_out import Unsaid
from forms.exchange.xpath_tree import MOST_LEVELS, MOST_TOKENS, Call, Figure, Ref, Sign, Tree, Word
from forms.expressions import MOST_CHARACTERS

READ = re.compile(r"\{([^{}]{1,100})\}")
_TOKEN = re.compile(
    r"(?P<space>\s++)|(?P<ref>\{[^{}]{1,100}\})|(?P<string>'[^'\\]*+'|\"[^\"\\]*+\")"
    r"|(?P<number>\d++(?:\.\d++)?+)|(?P<name>[A-Za-z_]\w*+)|(?P<sign>&&|\|\||==|!=|<>|<=|>=|[=<>!+*/(),\[\]-])"
)
_MONTH = re.compile(r"\d{4}-\d{2}")
_COMPARED = {
    "=": "=", "==": "=", "equal": "=", "!=": "!=", "<>": "!=", "notequal": "!=", "<": "<", "less": "<",
    "<=": "<=", "lessorequal": "<=", ">": ">", "greater": ">", ">=": ">=", "greaterorequal": ">=",
}  # fmt: skip
_AMONG = {"contains": "all", "contain": "all", "allof": "all", "anyof": "any", "notcontains": "none",
          "notcontain": "none"}  # fmt: skip
_SUMS = (("+", "-"), ("*", "/"))


def tree(source: str) -> Tree:
    """What stands in a field. Unsaid when it is nothing we can read."""
    return _Parser(source).whole()


def reckons(tree: Tree) -> bool:
    """Whether answers are added or multiplied: SurveyJS then takes a missing one for 0."""
    match tree:
        case Sign(op, left, right):
            sums = op in ("+", "-", "*", "div") and not (op == "-" and left == Figure(0))
            return sums or reckons(left) or reckons(right)
        case Call(_, of):
            return any(reckons(part) for part in of)
    return False


class _Parser:
    """By descent; loosest first: or, and, not, comparisons, + -, * /."""

    def __init__(self, source: str) -> None:
        if len(source) > 4 * MOST_CHARACTERS:
            raise Unsaid
        self._tokens: list[tuple[str, str]] = []
        place = 0
        while place < len(source):
            found = _TOKEN.match(source, place)
            if found is None or len(self._tokens) > MOST_TOKENS:
                raise Unsaid
            if found.lastgroup != "space":
                self._tokens.append((str(found.lastgroup), found[0]))
            place = found.end()
        self._tokens.append(("end", ""))
        self._place = 0
        self._depth = 0

    def whole(self) -> Tree:
        read = self._either()
        if self._here != ("end", ""):
            raise Unsaid
        return read

    @property
    def _here(self) -> tuple[str, str]:
        return self._tokens[self._place]

    def _next(self) -> tuple[str, str]:
        token = self._here
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def _word(self, *words: str) -> bool:
        """Past one of these signs or words, in whatever letters, when it stands here."""
        if self._here[0] in ("sign", "name") and self._here[1].lower() in words:
            self._next()
            return True
        return False

    def _wanted(self, sign: str) -> None:
        if not self._word(sign):
            raise Unsaid

    def _either(self) -> Tree:
        self._depth += 1
        if self._depth > MOST_LEVELS:
            raise Unsaid
        read = self._both()
        while self._word("or", "||"):
            read = Sign("or", read, self._both())
        self._depth -= 1
        return read

    def _both(self) -> Tree:
        read = self._compared()
        while self._word("and", "&&"):
            read = Sign("and", read, self._compared())
        return read

    def _compared(self) -> Tree:
        left = self._sum(0)
        kind, text = self._here
        word = text.lower() if kind in ("sign", "name") else ""
        if word in _COMPARED:
            self._next()
            return Sign(_COMPARED[word], left, self._held(self._sum(0)))
        if word in ("empty", "notempty"):
            self._next()
            return Sign("=" if word == "empty" else "!=", left, Word(""))
        if word in _AMONG:
            self._next()
            return _among(_AMONG[word], left, self._several())
        return left

    def _held(self, tree: Tree) -> Tree:
        """A month is held against the first of its days, as the reader of XPath has it."""
        if isinstance(tree, Word) and _MONTH.fullmatch(tree.text):
            return Call("date", (Word(f"{tree.text}-01"),))
        return tree

    def _several(self) -> list[str]:
        """'fukt', or ['fukt', 'lys']."""
        if not self._word("["):
            return [_written(self._one())]
        found: list[str] = []
        while not self._word("]"):
            if found:
                self._wanted(",")
            found.append(_written(self._one()))
        return found

    def _sum(self, level: int) -> Tree:
        if level == len(_SUMS):
            return self._one()
        read = self._sum(level + 1)
        while self._here[0] == "sign" and self._here[1] in _SUMS[level]:
            op = self._next()[1]
            read = Sign("div" if op == "/" else op, read, self._sum(level + 1))
        return read

    def _one(self) -> Tree:
        kind, text = self._next()
        match kind, text.lower():
            case "ref", _:
                return Ref(slug(text[1:-1]))
            case "string", _:
                return Word(text[1:-1])
            case "number", _:
                return Figure(float(text))
            case "name", "true" | "false" as truth:
                return Word(truth)
            case ("sign", "!") | ("name", "not" | "negate"):
                return Call("not", (self._inner(self._compared),))
            case "name", "iif":
                return Call("if", tuple(self._arguments()))
            case "sign", "(":
                inner = self._either()
                self._wanted(")")
                return inner
            case "sign", "-":
                return Sign("-", Figure(0), self._inner(self._one))
        raise Unsaid

    def _inner(self, read: Callable[[], Tree]) -> Tree:
        self._depth += 1
        if self._depth > MOST_LEVELS:
            raise Unsaid
        found = read()
        self._depth -= 1
        return found

    def _arguments(self) -> list[Tree]:
        self._wanted("(")
        found: list[Tree] = []
        while not self._word(")"):
            if found:
                self._wanted(",")
            found.append(self._either())
        return found


def _written(tree: Tree) -> str:
    match tree:
        case Word(text):
            return text
        case Figure(number):
            return f"{number:.15g}"
    raise Unsaid


def _among(how: str, left: Tree, words: list[str]) -> Tree:
    """Whether an answer has one of the words, all of them or none of them."""
    if not isinstance(left, Ref) or not words:
        raise Unsaid
    each = "selected" if how == "any" else "among"
    read: Tree = Call(each, (left, Word(words[0])))
    for word in words[1:]:
        read = Sign("and" if how == "all" else "or", read, Call(each, (left, Word(word))))
    return Call("not", (read,)) if how == "none" else read
