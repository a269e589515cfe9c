"""Synthetic pages as PDF files, which anybody's reader reads."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import pypdfium2.raw as pdfium

from synthink.documents.synthetic.glyphs import placed_glyphs
from synthink.documents.synthetic.printing import Printer
from synthink.documents.synthetic.synthetic import synthetic_canvas
from synthink.draw.type.face import Face


def synthetic_pdf(name: str, fonts: Sequence[Face]) -> tuple[str, bytes]:
    """The layout's name and the PDF of the page of that name."""
    layout, canvas = synthetic_canvas(name, fonts=fonts)
    printer = Printer()
    page = printer.page(canvas, [*printer.drawings(canvas), *printer.text(canvas, placed_glyphs(canvas.lines))])
    pdfium.FPDFPage_GenerateContent(page)
    written = bytearray()
    sink = pdfium.FPDF_FILEWRITE(version=1)

    @type(sink.WriteBlock)
    def write(_: object, data: int, size: int) -> int:
        written.extend(ctypes.string_at(data, size))
        return 1

    sink.WriteBlock = write
    assert pdfium.FPDF_SaveAsCopy(printer.document, ctypes.byref(sink), 0)
    pdfium.FPDF_ClosePage(page)
    pdfium.FPDF_CloseDocument(printer.document)
    return layout, bytes(written)
