"""Fixtures that several files of this folder share."""

from __future__ import annotations

import io

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from synthink.assets.fonts.fonts import Fonts


@pytest.fixture(scope="module")
def dejavu() -> str:
    fonts = Fonts(source="extra", families=("DejaVu Sans",)).open()
    pdfmetrics.registerFont(TTFont("TestSans", io.BytesIO(fonts.face("DejaVu Sans").data())))
    return "TestSans"
