"""Places as a grid of equal tiles: no map is needed, and a large place weighs no more than a small one.

Tiles stand where they are put (row and column from 1), or all of them in reading order. A tile that is too
small for its name has a number, and the names stand in a list under the grid.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from reports.errors import BadFigure
from reports.figures.canvas import BIG, EDGE, PHONE, SIZE, SMALL, SMALLER, Canvas, Space, line_height
from reports.figures.heat import KEY_HEIGHT, key_of_steps
from reports.figures.keyed import keyed_list
from reports.figures.letters import in_whole_words, widest, width_of
from reports.figures.palette import HIDDEN, LINE, MUTED, heat_colour
from reports.figures.values import Measured, Table, cells, fits, in_words
from reports.figures.voice import SCORE, Measure, Voice

TILE = 104.0
"""Of a tile in reading order, at least; two to a row on a narrow sheet."""
NAMED = 74.0
"""Of a tile with its name in it, at least."""
GAP, PADDING = 4.0, 6.0
NAME_LINES, REASON_LINES = 4, 4
LEAST_TILE = 22.0


@dataclass(frozen=True)
class Tile:
    """One place. `row` and `column` from 1, of every tile or of none."""

    name: str
    figure: Measured
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True)
class TileMap:
    """`over`: a name above the tiles, of what they have in common. `keyed`: with the key of colours under
    them; of several maps one after another the last has it. `columns`: at least so many, so that tiles of all
    of these are of one width."""

    heading: str
    tiles: tuple[Tile, ...]
    measure: Measure = SCORE
    over: str = ""
    keyed: bool = True
    columns: int = 1

    def __post_init__(self) -> None:
        fits(self.measure, *(tile.figure for tile in self.tiles))
        placed = [(tile.row, tile.column) for tile in self.tiles if tile.row and tile.column]
        if any((tile.row is None) != (tile.column is None) for tile in self.tiles):
            raise BadFigure("a tile has a row and a column, or neither")
        if placed and len(placed) < len(self.tiles):
            raise BadFigure("either all tiles are placed or none, in rows and columns from 1")
        if any(place is not None and place < 1 for tile in self.tiles for place in (tile.row, tile.column)):
            raise BadFigure("rows and columns begin at 1")
        if len(set(placed)) < len(placed):
            raise BadFigure("two tiles in one place")

    @property
    def placed(self) -> bool:
        return any(tile.row is not None for tile in self.tiles)


def tile_map(data: TileMap, voice: Voice, *, key: str, width: float = PHONE) -> Markup:
    canvas = Canvas(width, mirrored=voice.mirrored)
    if not data.tiles:
        canvas.nothing(voice.t("nothing"))
    else:
        _draw(canvas, data, voice)
    return canvas.drawn(key=key, title=_title(data, voice), description=voice.t("tiles.help"))


def _places(data: TileMap, width: float) -> tuple[list[tuple[int, int]], int]:
    """(row, column) of each tile from 0, and how many columns there are."""
    if data.placed:
        own = [(tile.row or 1, tile.column or 1) for tile in data.tiles]
        top, left = min(row for row, _ in own), min(column for _, column in own)
        columns = max(data.columns, max(c for _, c in own) - left + 1)
        return [(row - top, column - left) for row, column in own], columns
    columns = max(1, min(len(data.tiles), int((width - 2 * EDGE + GAP) / (TILE + GAP))))
    return [divmod(number, columns) for number in range(len(data.tiles))], columns


def _draw(canvas: Canvas, data: TileMap, voice: Voice) -> None:
    places, columns = _places(data, canvas.width)
    each = (canvas.width - 2 * EDGE - GAP * (columns - 1)) / columns
    if each < LEAST_TILE:
        raise BadFigure(f"{columns} columns of tiles have no room in {canvas.width}")
    # A lone tile is no banner.
    each = min(each, 2 * TILE)
    named = each >= NAMED
    height = max(_height(tile, data.measure, voice, each, named) for tile in data.tiles)
    first = EDGE
    if data.over:
        over, size = in_whole_words(data.over, canvas.width - 2 * EDGE, (SIZE, SMALL), most=2)
        first = canvas.lines(EDGE, EDGE, over, size=size, bold=True) + GAP
    for number, (tile, (row, column)) in enumerate(zip(data.tiles, places, strict=True), 1):
        space = Space(EDGE + column * (each + GAP), first + row * (height + GAP), each, height)
        if named:
            _named(canvas, tile, data.measure, voice, space)
        else:
            _numbered(canvas, tile, data.measure, voice, space, number)
    top = first + (max(row for row, _ in places) + 1) * (height + GAP) + 4
    if data.keyed:
        key_of_steps(canvas, data.measure, voice, top)
        top += KEY_HEIGHT + 10
    if not named:
        told = [(str(number), _line(data, voice, tile)) for number, tile in enumerate(data.tiles, 1)]
        keyed_list(canvas, told, top)


def _line(data: TileMap, voice: Voice, tile: Tile) -> str:
    value = tile.figure.hidden or data.measure.said(voice, tile.figure.value or 0.0)
    return voice.t("part", name=tile.name, told=value)


def _name(tile: Tile, width: float) -> tuple[tuple[str, ...], float]:
    return in_whole_words(tile.name, width - 2 * PADDING, SMALLER, most=NAME_LINES)


def _reason(tile: Tile, width: float) -> tuple[tuple[str, ...], float]:
    return in_whole_words(tile.figure.hidden, width - 2 * PADDING, SMALLER, most=REASON_LINES)


def _high(set_: tuple[tuple[str, ...], float]) -> float:
    lines, size = set_
    return line_height(size) * len(lines)


def _height(tile: Tile, measure: Measure, voice: Voice, width: float, named: bool) -> float:
    if not named:
        return max(width, 2 * line_height(SMALL) + 4)
    name = _high(_name(tile, width))
    if tile.figure.value is None:
        return 2 * PADDING + name + 3 + _high(_reason(tile, width))
    return 2 * PADDING + name + line_height(BIG) + _high(_under(tile, voice, width))


def _under(tile: Tile, voice: Voice, width: float) -> tuple[tuple[str, ...], float]:
    """How many have answered."""
    said = "" if tile.figure.n is None else voice.answers(tile.figure.n)
    return in_whole_words(said, width - 2 * PADDING, SMALLER)


def _named(canvas: Canvas, tile: Tile, measure: Measure, voice: Voice, space: Space) -> None:
    (name, size), x = _name(tile, space.width), space.x + PADDING
    if tile.figure.value is None:
        reason, small = _reason(tile, space.width)
        canvas.not_shown(space, ())
        middle = space.x + space.width / 2
        high = line_height(size) * len(name) + line_height(small) * len(reason)
        top = space.y + (space.height - high) / 2
        broad = max(widest(name, size), widest(reason, small)) + 6
        canvas.box(Space(middle - broad / 2, top - 1, broad, high + 2), HIDDEN.fill)
        after = canvas.lines(middle, top, name, size=size, anchor="middle")
        canvas.lines(middle, after, reason, size=small, anchor="middle", fill=MUTED)
        return
    colour = heat_colour(measure.at(tile.figure.value))
    canvas.box(space, colour.fill, stroke=LINE, thick=0.8)
    top = canvas.lines(x, space.y + PADDING, name, size=size, fill=colour.text)
    under, small = _under(tile, voice, space.width)
    foot = space.y + space.height - PADDING - line_height(small) * len(under)
    said = measure.said(voice, tile.figure.value)
    size = BIG if width_of(said, BIG, True) <= space.width - 2 * PADDING else SIZE
    canvas.words(x, max(top, foot - line_height(BIG)), said, size=size, fill=colour.text, bold=True)
    canvas.lines(x, foot, under, size=small, fill=colour.text)


def _numbered(canvas: Canvas, tile: Tile, measure: Measure, voice: Voice, space: Space, number: int) -> None:
    """A small tile: its number in the list, and its value where that has room too."""
    middle = space.x + space.width / 2
    if tile.figure.value is None:
        canvas.not_shown(space, (str(number),))
        return
    colour = heat_colour(measure.at(tile.figure.value))
    canvas.box(space, colour.fill, stroke=LINE, thick=0.8)
    said = measure.bare(voice, tile.figure.value)
    both = width_of(said, SIZE, True) <= space.width - 4
    top = space.y + (space.height - line_height(SMALL) - (line_height(SIZE) if both else 0.0)) / 2
    canvas.words(middle, top, str(number), size=SMALL, anchor="middle", fill=colour.text)
    if both:
        top += line_height(SMALL)
        canvas.words(middle, top, said, size=SIZE, anchor="middle", fill=colour.text, bold=True)


def _title(data: TileMap, voice: Voice) -> str:
    told = [in_words(voice, data.measure, tile.name, tile.figure) for tile in data.tiles]
    heading = voice.sentences(data.heading, data.over) if data.over else data.heading
    return voice.sentences(heading, voice.listed(told) if told else voice.t("nothing"))


def tile_table(data: TileMap, voice: Voice) -> Table:
    heads = (voice.t("head.place"), voice.t("head.value"), voice.t("head.interval"), voice.t("head.n"))
    rows = tuple((tile.name, *cells(voice, data.measure, tile.figure)) for tile in data.tiles)
    return Table(data.heading, heads, rows)
