"""Pictures of a dataset for people: a contact sheet, and one HTML page with the labels drawn over the pictures."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from synthink.core.columns import stored
from synthink.draw.geometry import Box, Quad
from synthink.draw.picture import Pixels
from synthink.preview import ink as inkpreview

if TYPE_CHECKING:
    from PIL import Image

Row = Mapping[str, Any]
"""A row whose `image` is the stored file's bytes."""
TILE_PX = 224
ILLUSTRATION_PX = 480
COLOURS = ("#0a7d4f", "#d02090", "#1f6feb", "#c46a00", "#7a3fd1")


def shapes(columns: Mapping[str, Any], row: Row) -> list[tuple[str, list[tuple[float, float]]]]:
    """Column name and corner points of every box and quad of a row that was stored with its geometry."""
    found = []
    for name, kind in ((name, stored(kind)) for name, kind in columns.items()):
        if kind not in (Box, Quad, list[Box], list[Quad]) or row.get(name) is None:
            continue
        for values in [row[name]] if kind in (Box, Quad) else row[name]:
            if len(values) == 4:
                left, top, right, bottom = values
                found.append((name, [(left, top), (right, top), (right, bottom), (left, bottom)]))
            else:
                found.append((name, list(zip(values[::2], values[1::2], strict=True))))
    return found


def _single(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The boxes that a small picture has room for: those that stand alone."""
    return {name: kind for name, kind in columns.items() if stored(kind) is Box}


def contact_sheet(columns: Mapping[str, Any], rows: Sequence[Row], across: int = 4) -> bytes:
    """A PNG with the rows' pictures in a grid, single boxes drawn on them, question and answer below."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(13)
    inks = inkpreview.ink_columns(columns)
    caption_px, gap, cell_px = 40, 8, TILE_PX * (1 + len(inks))
    across = max(1, across // (1 + len(inks)))
    down = -(-len(rows) // across)
    sheet = Image.new("RGB", (across * (cell_px + gap) + gap, down * (TILE_PX + caption_px + gap) + gap), "#e9ecef")
    draw = ImageDraw.Draw(sheet)
    for number, row in enumerate(rows):
        left = gap + number % across * (cell_px + gap)
        top = gap + number // across * (TILE_PX + caption_px + gap)
        tile, size_px = _tile(columns, row)
        sheet.paste(tile, (left, top))
        for place, name in enumerate(inks, start=1):
            sheet.paste(inkpreview.tile(row.get(name) or [], size_px, TILE_PX), (left + place * TILE_PX, top))
        draw.rectangle((left, top + TILE_PX, left + cell_px - 1, top + TILE_PX + caption_px - 1), fill="white")
        draw.text((left + 6, top + TILE_PX + 4), _fit(row["prefix"], font, cell_px), fill="#495057", font=font)
        draw.text((left + 6, top + TILE_PX + 21), _fit(row["suffix"], font, cell_px), fill="#0b5d3b", font=font)
    data = io.BytesIO()
    sheet.save(data, "PNG", optimize=True)
    return data.getvalue()


def _tile(columns: Mapping[str, Any], row: Row) -> tuple[Image.Image, tuple[int, int]]:
    """The picture in a square, and its full size."""
    from PIL import Image, ImageDraw

    picture = Image.open(io.BytesIO(row["image"])).convert("RGB")
    scale = TILE_PX / max(picture.size)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    small = picture.resize(size, Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(small)
    for number, name in enumerate(_single(columns)):
        for _, points in shapes({name: columns[name]}, row):
            draw.polygon([(x * scale, y * scale) for x, y in points], outline=COLOURS[number % len(COLOURS)])
    tile = Image.new("RGB", (TILE_PX, TILE_PX), "#ced4da")
    tile.paste(small, ((TILE_PX - size[0]) // 2, (TILE_PX - size[1]) // 2))
    return tile, picture.size


def _fit(text: str, font: Any, width_px: int) -> str:
    """The text on one line, cut to a width."""
    text = text.replace("\n", " / ")[:400]
    while text and font.getlength(text) > width_px - 12:
        text = text[:-2].rstrip("…") + "…" if len(text) > 1 else ""
    return text


_STYLE = """
body{font:14px/1.45 system-ui,sans-serif;margin:2rem;background:#f1f3f5;color:#212529}
h1{font-size:1.3rem}.rows{display:grid;grid-template-columns:repeat(auto-fill,minmax(280px,1fr));gap:14px}
figure{margin:0;background:#fff;border-radius:6px;overflow:hidden;box-shadow:0 1px 3px #0002}
.picture{position:relative}.picture img{width:100%;display:block}
.picture svg{position:absolute;inset:0;width:100%;height:100%}
svg.ink{display:block;background:#fff;border-top:1px solid #dee2e6}svg.ink circle{fill:#000}
svg.ink polyline{fill:none;stroke-width:2;stroke-linecap:round}.a{white-space:pre-line}
svg polygon{fill:none;stroke-width:1.5;vector-effect:non-scaling-stroke}figcaption{padding:8px 10px}
.q{color:#495057}.a{color:#0b5d3b;font-weight:600}details{font-size:12px}
td{padding:0 8px 0 0;vertical-align:top;word-break:break-word}
label{margin-right:1rem}.beside{font-size:12px;color:#495057}.beside img{width:100%;border:1px solid #dee2e6}
"""


def page(
    title: str,
    columns: Mapping[str, Any],
    splits: Mapping[str, Sequence[Row]],
    beside: Mapping[str, Mapping[str, Pixels]] = MappingProxyType({}),
) -> str:
    """One self-contained HTML page: pictures, boxes as overlays that can be switched off, all columns.

    beside: a row's id -> pictures to show with it, by name.
    """
    names = [name for name, kind in columns.items() if stored(kind) in (Box, Quad, list[Box], list[Quad])]
    colours = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(names)}
    switches = "".join(
        f'<label style="color:{colours[name]}"><input type="checkbox" data-column="{html.escape(name)}"'
        f"{' checked' if stored(columns[name]) is Box else ''}> {html.escape(name)}</label>"
        for name in names
    )
    parts = [
        f"<h2>{html.escape(split)}</h2>"
        f'<div class="rows">{"".join(_figure(columns, colours, row, beside.get(row["id"], {})) for row in rows)}</div>'
        for split, rows in splits.items()
    ]
    script = (
        "for(const box of document.querySelectorAll('input[data-column]')){const show=()=>{for(const shape of "
        'document.querySelectorAll(`polygon[data-column="${box.dataset.column}"]`))shape.style.display='
        "box.checked?'':'none'};box.onchange=show;show()}"
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style>"
        f"<h1>{html.escape(title)}</h1><p>{switches}</p>{''.join(parts)}<script>{script}</script></html>\n"
    )


def _figure(columns: Mapping[str, Any], colours: Mapping[str, str], row: Row, beside: Mapping[str, Pixels]) -> str:
    from PIL import Image

    picture = Image.open(io.BytesIO(row["image"]))
    kind = "jpeg" if picture.format == "JPEG" else "png"
    data = base64.b64encode(row["image"]).decode()
    overlay = "".join(
        f'<polygon data-column="{html.escape(name)}" stroke="{colours[name]}" points="'
        + " ".join(f"{x:g},{y:g}" for x, y in points)
        + '"/>'
        for name, points in shapes(columns, row)
    )
    cells = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{html.escape(_short(row[name]))}</td></tr>"
        for name in ("id", "task", *columns)
        if name in row
    )
    inks = "".join(inkpreview.svg(row[name], picture.size) for name in inkpreview.ink_columns(columns) if row.get(name))
    return (
        f'<figure><div class="picture"><img alt="" src="data:image/{kind};base64,{data}">'
        f'<svg viewBox="0 0 {picture.width} {picture.height}">{overlay}</svg></div>{inks}'
        f'<figcaption><div class="q">{html.escape(row["prefix"])}</div>'
        f'<div class="a">{html.escape(row["suffix"])}</div>'
        f"{''.join(_illustration(name, pixels) for name, pixels in beside.items())}"
        f"<details><summary>columns</summary><table>{cells}</table></details></figcaption></figure>"
    )


def _illustration(name: str, pixels: Pixels) -> str:
    """A picture beside a row, reduced to `ILLUSTRATION_PX` of width."""
    from PIL import Image

    picture, file = Image.fromarray(pixels), io.BytesIO()
    picture.thumbnail((ILLUSTRATION_PX, 4 * ILLUSTRATION_PX))
    picture.save(file, "PNG", optimize=True)
    data = base64.b64encode(file.getvalue()).decode()
    return f'<div class="beside">{html.escape(name)}<img alt="" src="data:image/png;base64,{data}"></div>'


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 300 else text[:299] + "…"


def row_for_preview(row: Row) -> dict[str, Any]:
    """A row of `Source.row` with its picture encoded, as a reader of the folder would get it."""
    return {**row, "image": row["image"].encode()[0]}
