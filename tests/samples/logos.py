"""Logos as offices send them: good ones, and some that mean no good."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

DRAWN = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 300 100"
     xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:version="1.3">
<title>secret.svg</title><metadata>made by Kari</metadata>
<style>.a{fill:#8c1d40} .b{fill:url(#g);stroke:#ffffff;stroke-width:4}</style>
<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/><stop offset="1" style="stop-color:#ffcd00"/>
</linearGradient><path id="p" d="M0 80L40 10L80 80z"/></defs>
<g class="a"><use xlink:href="#p" x="10"/><use href="#p" x="100"/></g>
<circle class="b" cx="240" cy="45" r="35"/>
</svg>"""


def svg(inner: str, *, head: str = "", attributes: str = 'viewBox="0 0 10 10"') -> bytes:
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {attributes}>'
    )
    return f'{head}{drawn}<path d="M0 0h9v9z"/>{inner}</svg>'.encode()


def raster(
    kind: str = "PNG", width: int = 900, height: int = 300, mode: str = "RGBA", **more: object
) -> bytes:
    picture = Image.new(mode, (width, height))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((width // 9, height // 9, width // 2, height - height // 9), fill="#c8102e")
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()
