"""SVG: shapes are kept, written anew from a list of what may be; what could do anything is refused by name.

Read by expat, which fetches nothing; a document that declares entities is left at the first of them, so that
none ever unfolds. What is kept has no script, no stylesheet, no text, no picture and no address but those of
its own parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from survey.register.logos import rules, weighing
from survey.register.logos.errors import LogoRefused

SVG, LINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
SHAPES = frozenset(["path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "use"])
KEPT = SHAPES | frozenset(
    ["svg", "g", "defs", "symbol", "clipPath", "mask", "linearGradient", "radialGradient", "stop"]
)
LEFT_OUT = frozenset(["title", "desc", "metadata"])
PLACES = frozenset(
    [
        "id",
        "d",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "fx",
        "fy",
        "width",
        "height",
        "points",
        "transform",
        "viewBox",
        "preserveAspectRatio",
        "offset",
        "gradientUnits",
        "gradientTransform",
        "spreadMethod",
        "clipPathUnits",
        "maskUnits",
        "maskContentUnits",
    ]
)
MOST_PARTS, MOST_DEPTH = 5_000, 50
LENGTH = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(px|pt|pc|mm|cm|in)?\s*")
UNITS = {None: 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}


@dataclass
class Part:
    """An element. `attributes`: by name, `href` without its namespace."""

    name: str
    attributes: dict[str, str]
    parts: list[Part] = field(default_factory=list)


def looks_like_one(file: bytes) -> bool:
    """Whether somebody who named it .svg may have meant it."""
    return b"<" in file[:200] and (b"<svg" in file or b":svg" in file or "<svg".encode("utf-16-le") in file)


def redrawn(file: bytes) -> tuple[bytes, float, float]:
    """Anew, with its width and height. Raises LogoRefused."""
    reader = _Reader()
    root = reader.read(file)
    own = rules.read("\n".join(reader.css))
    left, top, width, height = _frame(root)
    _take_looks(root, own)
    weighing.check(root)
    root.attributes = {
        **{name: value for name, value in root.attributes.items() if name in rules.LOOKS},
        "viewBox": f"{left:g} {top:g} {width:g} {height:g}",
        "width": f"{width:g}",
        "height": f"{height:g}",
    }
    return f'<svg xmlns="{SVG}"{_written(root)[4:]}'.encode(), width, height


def paints(drawn: bytes) -> set[str]:
    """What the shapes of a drawing that we wrote are painted with, as written there: '#8c1d40', 'white'.
    What a gradient has in it counts, wherever it is used."""
    found: set[str] = set()
    waiting = [(_Reader().read(drawn), "#000000", "none")]
    while waiting:
        part, fill, stroke = waiting.pop()
        fill, stroke = part.attributes.get("fill", fill), part.attributes.get("stroke", stroke)
        if part.name in SHAPES:
            found |= {fill, stroke}
        if part.name == "stop":
            found.add(part.attributes.get("stop-color", "#000000"))
        waiting += [(inner, fill, stroke) for inner in part.parts]
    return {paint for paint in found if paint not in ("none", "transparent") and not paint.startswith("url(")}


class _Reader:
    """Builds the tree of what is kept; what is left out is read over, with all that is in it."""

    def __init__(self) -> None:
        self.css: list[str] = []
        self._open: list[Part] = []
        self._root: Part | None = None
        self._count = self._skipped = 0
        self._in_style = False

    def read(self, file: bytes) -> Part:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = self._entity
        parser.ProcessingInstructionHandler = self._instruction
        parser.SkippedEntityHandler = self._entity
        try:
            parser.Parse(file, True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise LogoRefused("broken") from error
        if self._root is None or self._root.name != "svg":
            raise LogoRefused("kind")
        return self._root

    def _entity(self, name: str, *rest: object) -> None:
        raise LogoRefused("entity", what=name[:40])

    def _instruction(self, target: str, data: str) -> None:
        if target.lower() == "xml-stylesheet":
            raise LogoRefused("outside", what=target)

    def _start(self, full: str, given: dict[str, str]) -> None:
        space, _, name = full.rpartition(" ")
        if not self._skipped:
            self._count += 1
        if self._count > MOST_PARTS or len(self._open) >= MOST_DEPTH:
            raise LogoRefused("parts", most=MOST_PARTS)
        _check(name, given)
        if self._skipped or space != SVG or name in LEFT_OUT:
            self._skipped += 1
            return
        if name == "style":
            self._in_style = True
            return
        if name == "switch":  # its parts are shown as they would be without it
            name = "g"
        if name not in KEPT:
            raise LogoRefused("text" if name in ("text", "tspan", "textPath") else "element", what=name[:40])
        part = Part(name, _attributes(given))
        if self._open:
            self._open[-1].parts.append(part)
        elif self._root is None:
            self._root = part
        self._open.append(part)

    def _end(self, full: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif self._in_style:
            self._in_style = False
        else:
            self._open.pop()

    def _text(self, text: str) -> None:
        if self._in_style and not self._skipped:
            self.css.append(text)


DANGEROUS = {"script": "script", "foreignObject": "foreign", "handler": "script", "image": "picture"}


def _check(name: str, given: dict[str, str]) -> None:
    """Refuses, by name, what nobody draws with, wherever it stands."""
    for dangerous, why in DANGEROUS.items():
        if name.lower() == dangerous.lower():
            raise LogoRefused(why, what=name)
    for full, value in given.items():
        space, _, attribute = full.rpartition(" ")
        if attribute.lower().startswith("on") and not space:
            raise LogoRefused("handler", what=f"{name} {attribute}"[:60])
        if attribute.lower() in ("href", "src") and space in ("", LINK) and not value.strip().startswith("#"):
            raise LogoRefused("outside", what=f"{name}: {value.strip()}"[:60])
        rules.check_value(value)


def _attributes(given: dict[str, str]) -> dict[str, str]:
    found = {}
    for full, value in given.items():
        space, _, name = full.rpartition(" ")
        if space in ("", LINK):
            found[name] = value
    return found


def _take_looks(part: Part, own: list[rules.Rule]) -> None:
    looks = rules.applied(own, part.name, part.attributes)
    part.attributes = {
        name: value
        for name, value in looks.items()
        if name in PLACES or name in rules.LOOKS or (name == "href" and value.strip().startswith("#"))
    }
    for inner in part.parts:
        _take_looks(inner, own)


def _frame(root: Part) -> tuple[float, float, float, float]:
    """Left, top, width and height of what is shown. Raises LogoRefused where nothing is said of it."""
    box = root.attributes.get("viewBox", "").replace(",", " ").split()
    try:
        left, top, width, height = (float(number) for number in box)
    except ValueError:
        left = top = 0.0
        width, height = (_length(root.attributes.get(name, "")) for name in ("width", "height"))
    if not (0 < width < 1e6 and 0 < height < 1e6 and abs(left) < 1e6 and abs(top) < 1e6):
        raise LogoRefused("frame")
    return left, top, width, height


def _length(text: str) -> float:
    found = LENGTH.fullmatch(text)
    return float(found[1]) * UNITS[found[2]] if found else 0.0


def _written(part: Part) -> str:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in sorted(part.attributes.items()))
    inner = "".join(_written(one) for one in part.parts)
    return f"<{part.name}{attributes}>{inner}</{part.name}>" if inner else f"<{part.name}{attributes}/>"
