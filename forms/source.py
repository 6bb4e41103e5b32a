"""From the text of a questionnaire file to plain data, remembering on which line everything stood.

YAML as people write it, with three dangers taken out: a key may not stand twice, `no`, `on` and dates stay
words, and a file that unfolds beyond reason is refused. A file that opens with `{` is read as JSON.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from forms.errors import Fault, Place, QuestionnaireFault, at

MAX_CHARACTERS = 2_000_000
MAX_NODES = 200_000
MAX_DEPTH = 40

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Source:
    """The data of a file, and the line (from 1) of each part of it. `json`: the text, whose lines are looked
    up when one is asked for."""

    data: Any
    lines: dict[Path, int]
    json: str = ""

    def line(self, path: Path) -> int | None:
        """The line of the innermost part of `path` that is in the file."""
        lines = _walked(self.json).lines if self.json else self.lines
        for length in range(len(path), -1, -1):
            if path[:length] in lines:
                return lines[path[:length]]
        return None


class _Loader(yaml.CSafeLoader):
    """YAML 1.2 words: only true and false are truth values, only decimal numbers are numbers."""


_Loader.yaml_implicit_resolvers = {
    letter: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag.rpartition(":")[2] in ("float", "int", "null", "merge")
    ]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read(text: str, name: str) -> Source:
    """Read YAML or JSON. QuestionnaireFault says on which line of `name` the text cannot be read."""
    if len(text) > MAX_CHARACTERS:
        raise _unreadable(at(file=name), "file_too_big", characters=len(text))
    text = text.removeprefix("\ufeff")
    if text.lstrip().startswith("{"):
        return Source(_json(text, name), {}, text)
    return _yaml(text, name)


def _json(text: str, name: str) -> Any:
    doubles: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        doubles.extend(sorted({key for key in keys if keys.count(key) > 1}))
        return dict(pairs)

    try:
        data = json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as problem:
        raise _unreadable(at(file=name, line=problem.lineno), "json_unreadable") from problem
    except (RecursionError, ValueError) as problem:
        raise _unreadable(at(file=name), "json_unfit") from problem
    if doubles:
        found = [_double(at(file=name, line=line), key) for key, line in _walked(text).doubles]
        raise QuestionnaireFault(found or [_double(at(file=name), key) for key in doubles])
    return data


def _yaml(text: str, name: str) -> Source:
    loader: Any = None
    try:
        _refuse_depth(text, name)
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            raise _unreadable(at(file=name), "file_empty")
        walk = _Walk(name)
        walk.visit(node, (), 0)
        if walk.doubles:
            raise QuestionnaireFault([_double(at(file=name, line=line), key) for key, line in walk.doubles])
        return Source(loader.construct_document(node), walk.lines)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        # The mark of a file that breaks off lies after its last line.
        last = len(text.splitlines())
        place = at(file=name, line=min(mark.line + 1, last)) if mark else at(file=name)
        if isinstance(problem, yaml.constructor.ConstructorError):
            raise _unreadable(place, "tag_unknown") from problem
        tabs = _has_tabs_near(text, mark.line if mark else -1)
        raise _unreadable(place, "yaml_tabs" if tabs else "yaml_unreadable") from problem
    except yaml.reader.ReaderError as problem:
        # Counted in bytes.
        line = text.encode("utf-8", "replace")[: problem.position].count(b"\n") + 1
        raise _unreadable(at(file=name, line=line), "control_characters") from problem
    except yaml.YAMLError as problem:
        raise _unreadable(at(file=name), "control_characters") from problem
    except (AttributeError, KeyError, ValueError, RecursionError) as problem:
        # What the constructors of PyYAML raise when a tag such as !!timestamp does not fit its value.
        raise _unreadable(at(file=name), "tag_unfit") from problem
    finally:
        if loader is not None:
            loader.dispose()


def _refuse_depth(text: str, name: str) -> None:
    """One pass over the events, which are a flat row, before anything is composed: the C loader composes by
    calling itself, and a file of nothing but brackets would end the process, not raise."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise _unreadable(at(file=name, line=line), "file_deep", most=MAX_DEPTH)


class _Walk:
    """One pass over the nodes: lines, keys that stand twice, and how far aliases unfold."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Path, int] = {}
        self.doubles: list[tuple[str, int]] = []
        self._nodes = 0

    def visit(self, node: yaml.Node, path: Path, depth: int) -> None:
        self._nodes += 1
        # An alias goes on where its anchor stood, so it may be deeper than the events were.
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            line = node.start_mark.line + 1
            raise _unreadable(at(file=self.name, line=line), "file_unfolds")
        self.lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            for place, value in enumerate(node.value):
                self.visit(value, (*path, place), depth + 1)
        elif isinstance(node, yaml.MappingNode):
            keys: set[str] = set()
            for key, value in node.value:
                word = key.value if isinstance(key, yaml.ScalarNode) else repr(key.value)[:40]
                if word in keys:
                    self.doubles.append((word, key.start_mark.line + 1))
                keys.add(word)
                self.visit(value, (*path, word), depth + 1)
                self.lines[(*path, word)] = key.start_mark.line + 1


@lru_cache(maxsize=1)
def _walked(text: str) -> _Walk:
    """The lines of a JSON text, which YAML can read nearly always; none where it cannot."""
    walk = _Walk("")
    loader: Any = None
    try:
        _refuse_depth(text, "")
        loader = _Loader(text)
        walk.visit(loader.get_single_node(), (), 0)
    except (yaml.YAMLError, QuestionnaireFault):
        return _Walk("")
    finally:
        if loader is not None:
            loader.dispose()
    return walk


def _has_tabs_near(text: str, line: int) -> bool:
    lines = text.splitlines()
    return "\t" in "".join(lines[max(0, line - 1) : line + 1])


def _double(place: Place, key: str) -> Fault:
    return Fault.error(place, "key_twice", key=key)


def _unreadable(place: Place, kind: str, **values: object) -> QuestionnaireFault:
    return QuestionnaireFault([Fault.error(place, kind, **values)])
