"""Fonts: what enters, what is refused, what belongs together; judged by Pillow where pixels decide."""

from __future__ import annotations

import io
import json
import os
import pickle
import shutil
import string
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageFont

from synthink.assets.fonts import packaged
from synthink.assets.fonts.fonts import Fonts, FontSet, describe
from synthink.assets.fonts.packages import EXTRA, PACKAGED, candidates
from synthink.assets.fonts.qualify import LETTERS
from synthink.draw.type.face import Face, MissingLetter
from synthink.draw.type.open_font import OpenFont
from synthink.errors import AssetError, ConfigError
from synthink.splits import Shares, divide
from synthink.streams import StreamKey
from tests.support import environment


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    return Fonts().open()


@pytest.fixture(scope="module")
def all_fonts() -> FontSet:
    return Fonts(source=("packaged", "extra")).open()


def packaged_file(stem: str) -> bytes:
    """A font file out of the packages, refused ones too."""
    return next(one for one in candidates((*PACKAGED, *EXTRA)) if one.stem == stem).file.read()


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(("source", "families", "faces"), [("packaged", 18, 70), (("packaged", "extra"), 30, 120)])
def test_packaged_is_as_large_as_promised(source: str | tuple[str, ...], families: int, faces: int) -> None:
    fonts = Fonts(source=source).open()
    assert len(fonts.faces) >= faces
    assert len(fonts.groups()) >= families
    assert all(len(owned) >= 4 for owned in divide(fonts.groups(), "fonts", Shares(), 0).values())
    assert len({face.name for face in fonts.faces}) == len(fonts.faces)
    assert sum(face.bold for face in fonts.faces) >= 25
    assert sum(face.italic for face in fonts.faces) >= 25
    assert "not stated" not in str(fonts.record()["licences"])
    for face in fonts.faces:
        assert 0.4 < face.x_height < face.cap_height < face.ascent < 1.6, face.name
        assert 0.1 < face.descent < 0.6, face.name


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=(pytest.mark.whole, pytest.mark.heavy))])
def test_every_face_draws_every_letter_it_claims(all_fonts: FontSet, every: int) -> None:
    """Pillow's own FreeType is the judge: ink, and not the box for a missing letter."""
    for face in all_fonts.faces[::every]:
        font = ImageFont.truetype(io.BytesIO(face.data()), 32, index=face.index, layout_engine=ImageFont.Layout.BASIC)
        missing = bytes(font.getmask("\U0010fff0"))
        for char in sorted(face.characters):
            mask = font.getmask(char)
            assert max(mask, default=0) > 128, f"{face.name} leaves {char!r} blank"
            assert bytes(mask) != missing, f"{face.name} has no {char!r}"
        absent = set(string.ascii_letters) - face.characters - {"h" if face.name == "EB Garamond Italic" else ""}
        assert not absent, f"{face.name} lacks {sorted(absent)}"


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=(pytest.mark.whole, pytest.mark.heavy))])
def test_outlines_have_the_boxes_that_pillow_draws(all_fonts: FontSet, every: int) -> None:
    for face in all_fonts.faces[::every]:
        font = ImageFont.truetype(io.BytesIO(face.data()), 1000, layout_engine=ImageFont.Layout.BASIC)
        for char in "gQf8":
            if char in face.characters:
                glyph = face.glyph(char)
                (left, top), (right, bottom) = glyph.flat.min(axis=0) * 1000, glyph.flat.max(axis=0) * 1000
                ink = font.getmask(char).getbbox()  # hinting moves edges by some pixels of the 1000
                assert abs((right - left) - (ink[2] - ink[0])) < 16, (face.name, char)
                assert abs((bottom - top) - (ink[3] - ink[1])) < 16, (face.name, char)
                assert abs(top - font.getbbox(char, anchor="ls")[1]) < 16, (face.name, char)
                assert abs(glyph.advance * 1000 - font.getlength(char)) <= 16, (face.name, char)


@pytest.mark.parametrize(
    "stem", ["cmex10", "cmsy10", "LastResortHE-Regular", "STIXSizOneSymReg", "STIXNonUni", "NotoMusic_Regular"]
)
def test_fonts_of_other_signs_are_refused(stem: str, all_fonts: FontSet, tmp_path: Path) -> None:
    path = put(tmp_path, "innocent.ttf", packaged_file(stem))
    with pytest.raises(AssetError, match=r"innocent\.ttf: holds no usable font \(1 refused; .*letters"):
        Fonts(source=str(path)).open()
    finding = next(one for candidate, one in packaged.survey((*PACKAGED, *EXTRA)) if candidate.stem == stem)
    assert any(refusal.name == finding.name and refusal.reason == finding.reason for refusal in all_fonts.refused)
    assert any(str(finding.reason) in line for line in describe(all_fonts))


def test_computer_modern_keeps_only_what_it_truly_draws(all_fonts: FontSet) -> None:
    fonts = all_fonts
    roman = fonts.face("cmr10")
    assert set(LETTERS) <= roman.characters
    assert not set("<>\\_{|}") & roman.characters  # there it has inverted signs, dashes and accents
    assert not {"2", "3", "4", "5", "7", "9"} & fonts.face("cmmi10").characters  # old-style, below the line
    assert {face.family for face in fonts.faces if face.name.startswith("cm")} == {"Computer Modern"}
    assert fonts.face("cmb10").bold
    assert fonts.face("cmti10").italic


def test_look_alikes_are_of_the_face(all_fonts: FontSet) -> None:
    fonts = all_fonts
    assert "l" in fonts.face("DejaVu Sans").look_alikes["I"]
    assert "0" in fonts.face("FiraGO").look_alikes["O"]
    assert "0" not in fonts.face("DejaVu Sans Mono").look_alikes.get("O", "")  # its zero has a dot
    assert "I" not in fonts.face("Cascadia Mono").look_alikes
    for face in fonts.faces:
        for char, others in face.look_alikes.items():
            assert all(char in face.look_alikes[other] for other in others), (face.name, char)


@pytest.mark.heavy
@pytest.mark.whole
def test_catalogue_is_what_a_fresh_examination_finds() -> None:
    stored = {(entry["package"], entry["file"]): entry for entry in packaged.catalogue().values()}
    installed = {(entry["package"], entry["file"]): entry for entry in packaged.compiled()["fonts"]}
    for file, entry in installed.items():
        if stored.get(file, {}).get("stored_sha256") == entry["stored_sha256"]:
            assert stored[file] == json.loads(json.dumps(entry)), file
    assert len(installed) >= 140


def test_another_release_of_a_package_is_examined_live(tmp_path: Path) -> None:
    data = packaged_file("Ubuntu_Italic")
    path = put(tmp_path, "changed.ttf", data + b"\0\0\0\0")  # another SHA-256, the same letters
    (face,) = Fonts(source=str(path)).open().faces
    known = Fonts().open().face("Ubuntu Italic")
    assert (face.name, face.italic, face.weight) == (known.name, True, known.weight)
    assert set(LETTERS) <= face.characters


def test_style_comes_from_the_tables_not_from_the_file_name(tmp_path: Path) -> None:
    put(tmp_path, "Regular.ttf", packaged_file("DejaVuSans-BoldOblique") + b"\0")
    put(tmp_path, "BoldItalic.ttf", packaged_file("DejaVuSans") + b"\0")
    fonts = Fonts(source=str(tmp_path)).open()
    styles = {Path(face.file.path).name: (face.bold, face.italic, face.weight, face.width) for face in fonts.faces}
    assert styles == {"Regular.ttf": (True, True, 700, 5), "BoldItalic.ttf": (False, False, 400, 5)}


def test_filters(fonts: FontSet) -> None:
    bold = Fonts(bold=True, italic=False, families=["DejaVu Sans", "Space Mono"]).open()
    assert [face.name for face in bold.faces] == ["Bitstream Vera Sans Bold", "Space Mono Bold"]
    with pytest.raises(ConfigError, match=r"families\[1\]='Spce Mono': no such font; did you mean Space Mono"):
        Fonts(families=("Ubuntu", "Spce Mono")).open()
    with pytest.raises(ConfigError, match="italic=True: no font of the source is left"):
        Fonts(families=("Fira Mono",), italic=True).open()
    with pytest.raises(ConfigError, match="source"):
        Fonts(source=())


def test_broken_files_are_listed_and_the_sound_one_is_used(tmp_path: Path) -> None:
    sound = packaged_file("SpaceMono_Regular")
    put(tmp_path, "sound.ttf", sound)
    put(tmp_path, "double.ttf", sound)
    put(tmp_path, "empty.ttf", b"")
    put(tmp_path, "text.ttf", b"I am no font.\n" * 100)
    put(tmp_path, "cut.ttf", sound[: len(sound) // 3])
    put(tmp_path, "readme.txt", b"not looked at")
    (tmp_path / "folder.ttf").mkdir()
    (tmp_path / "dangling.otf").symlink_to(tmp_path / "nowhere")
    fonts = Fonts(source=str(tmp_path)).open()
    assert [face.name for face in fonts.faces] == ["Space Mono"]
    assert sorted(refusal.name for refusal in fonts.refused) == ["cut.ttf", "dangling.otf", "empty.ttf", "text.ttf"]
    assert {refusal.name: refusal.reason for refusal in fonts.refused}["empty.ttf"] == "is empty"


def test_sources_without_a_font_are_one_error(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="holds no font file"):
        Fonts(source=str(tmp_path)).open()
    with pytest.raises(AssetError, match="nowhere: no such file or folder"):
        Fonts(source=("packaged", str(tmp_path / "nowhere"))).open()
    put(tmp_path, "text.ttf", b"no font")
    with pytest.raises(AssetError, match=r"1 refused; the first: .*text\.ttf: FreeType cannot read it"):
        Fonts(source=str(tmp_path)).open()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a user who can be kept out")
def test_unreadable_folder_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0)
    try:
        with pytest.raises(AssetError, match="cannot be read"):
            Fonts(source=str(tmp_path)).open()
    finally:
        tmp_path.chmod(0o700)


def test_a_design_under_another_name_joins_its_family(tmp_path: Path) -> None:
    """DejaVu Sans under a forged name must not reach another split than DejaVu Sans itself."""
    data = packaged_file("DejaVuSans")
    for codec in ("utf-16-be", "latin-1"):
        data = data.replace("DejaVu Sans".encode(codec), "Forged Face".encode(codec))
    put(tmp_path, "forged.ttf", data)
    alone = Fonts(source=str(tmp_path)).open()
    assert alone.groups() == ["Forged Face"]
    both = Fonts(source=("packaged", str(tmp_path))).open()
    assert both.face("Forged Face").family == "DejaVu Sans"
    assert both.groups() == Fonts().open().groups()


def test_pools_hold_whole_families_and_find_who_draws_a_word(fonts: FontSet) -> None:
    groups = fonts.groups()
    one, other = fonts.pool(frozenset(groups[::2]), None), fonts.pool(frozenset(groups[1::2]), None)
    assert not {face.family for face in one.faces} & {face.family for face in other.faces}
    assert len(one.faces) + len(other.faces) == len(fonts.faces)
    assert fonts.pool(None, None).drawing("Word") == fonts.faces
    naive = fonts.pool(None, None).drawing("naïve")
    assert naive == tuple(face for face in fonts.faces if "ï" in face.characters)
    assert 0 < len(naive) < len(fonts.faces)
    assert one.drawing("字") == ()
    assert "ï" in fonts.pool(None, None).alphabet


def test_a_missing_letter_is_never_drawn(all_fonts: FontSet) -> None:
    face = all_fonts.face("cmr10")
    for call in (lambda: face.glyph("字"), lambda: face.glyph("_"), lambda: face.kerning("A", "字")):
        with pytest.raises(MissingLetter, match="font cmr10: does not draw"):
            call()


def test_kerning_is_the_font_s(fonts: FontSet) -> None:
    sans = fonts.face("Bitstream Vera Sans")
    assert -0.2 < sans.kerning("A", "V") < -0.01
    assert fonts.face("Ubuntu Mono").kerning("A", "V") == 0.0


def test_faces_survive_pickling(fonts: FontSet) -> None:
    for face in fonts.faces[::9]:
        face.glyph("a")
        copy: Face = pickle.loads(pickle.dumps(face))
        assert copy == face
        assert copy.characters == face.characters
        assert np.array_equal(copy.glyph("a").points, face.glyph("a").points)
        assert len(pickle.dumps(face)) < 4000


def test_a_file_that_changed_after_it_was_checked_is_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "font.ttf", packaged_file("UbuntuMono_Regular") + b"\0")
    (face,) = Fonts(source=str(path)).open().faces
    shutil.copy(candidates()[0].file.path, path)
    with pytest.raises(AssetError, match="no longer the file that was checked"):
        face.glyph("a")
    path.unlink()
    with pytest.raises(AssetError, match="no such file"):
        face.data()


def test_an_unknown_face_is_answered_with_the_nearest_names(fonts: FontSet) -> None:
    assert fonts.face("PT Serif Bold").weight == 700
    with pytest.raises(AssetError, match="did you mean PT Sans"):
        fonts.face("PT Sanz")


def test_opening_is_fast() -> None:
    packaged.catalogue.cache_clear()
    packaged.known_fonts.cache_clear()
    best = 9.0
    for _ in range(3):
        start = time.process_time()  # on a busy machine the clock says more
        Fonts().open()
        best = min(best, time.process_time() - start)
    assert best < 0.5


@pytest.mark.whole
def test_record_is_the_same_in_a_fresh_process(fonts: FontSet) -> None:
    code = "import json; from synthink.assets.fonts.fonts import Fonts; print(json.dumps(Fonts().open().record()))"
    env = environment(PYTHONHASHSEED="77", LC_ALL="C", TZ="Asia/Tokyo")
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True, cwd="/")
    record = json.loads(done.stdout)
    assert record == fonts.record()
    assert len(record["fingerprint"]) == 64
    assert {"family": "Ubuntu", "licence": "Ubuntu-font-1.0"}.items() <= record["licences"][-2].items()
    assert Fonts(bold=True).open().record()["fingerprint"] != record["fingerprint"]


@pytest.mark.heavy
@pytest.mark.slow
def test_damaged_fonts_never_crash_and_never_lie_much(tmp_path: Path) -> None:
    """200 mutants in one child process: each is refused with a reason or draws what it claims to."""
    stems = ("cmr10", "DejaVuSansDisplay", "SpaceMono_Bold", "FiraMono_Regular")
    originals = [packaged_file(stem) for stem in stems]
    for number in range(200):
        stream = StreamKey("mutants").stream(number, "bytes")
        data = bytearray(originals[number % len(originals)])
        start = 0 if stream.chance(0.3) else stream.integers(0, len(data))
        if stream.chance(0.2):
            data = data[:start]
        elif stream.chance(0.3):
            data[start : start + 500] = bytes(len(data[start : start + 500]))
        else:
            for _ in range(stream.choice((1, 4, 16, 64, 256))):
                place = stream.integers(0, 300 if start == 0 else len(data))
                data[place] ^= stream.integers(1, 256)
        put(tmp_path, f"{number:03}.ttf", bytes(data))
    code = (
        "import sys; from synthink.assets.fonts.fonts import Fonts\n"
        "fonts = Fonts(source=sys.argv[1]).open()\n"
        "assert all(len(face.glyph(char).flat) for face in fonts.faces for char in face.characters)\n"
        "assert all(refusal.reason for refusal in fonts.refused)\n"
        "print(len(fonts.faces), len(fonts.refused))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr[-2000:]
    accepted, refused = map(int, done.stdout.split())
    assert accepted > 20
    assert refused > 60


def test_a_font_that_swaps_its_letters_is_refused(tmp_path: Path) -> None:
    """The map of characters is moved by one: every letter is drawn as its neighbour."""
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(packaged_file("DejaVuSerif")))
    for table in font["cmap"].tables:
        if table.isUnicode():
            letters = [code for code in map(ord, LETTERS) if code in table.cmap]
            glyphs = [table.cmap[code] for code in letters]
            table.cmap.update(zip(letters, glyphs[1:] + glyphs[:1], strict=True))
    font.save(tmp_path / "swapped.ttf")
    with pytest.raises(AssetError, match="of the 62 letters it draws are the letters"):
        Fonts(source=str(tmp_path)).open()


def test_one_wrong_letter_is_left_out(tmp_path: Path) -> None:
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(packaged_file("NotoSans_Regular")))
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[ord("k")] = table.cmap[ord("R")]
            table.cmap[ord("z")] = ".notdef"
    font.save(tmp_path / "wrong.ttf")
    (face,) = Fonts(source=str(tmp_path)).open().faces
    assert set(LETTERS) - face.characters == {"k", "z"}
    assert OpenFont(face.data()).glyph_id("k") != 0


def test_a_box_does_not_reach_out_to_an_anchor_that_draws_nothing(all_fonts: FontSet) -> None:
    """DejaVu Sans keeps a contour of one point above its u."""
    face = all_fonts.face("DejaVu Sans")
    letter, neighbour = face.glyph("u"), face.glyph("n")
    assert len(letter.ends) == 1
    assert -letter.flat[:, 1].min() < -neighbour.flat[:, 1].min()
