"""What a user mistypes when making, listing and reading datasets: one line that says so, and nothing is left behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.support import assert_refused
from tests.support import Result

pytestmark = pytest.mark.heavy

Command = Callable[..., Result]

FILES: dict[str, bytes] = {
    "latin1.txt": "Müller\nÄpfel\nGrüße\n".encode("latin-1"),
    "utf16.txt": "apple\npear\n".encode("utf-16"),
    "empty.txt": b"",
    "long.txt": b"a" * 10_000 + b"\n",
    "broken/font.ttf": b"\x00\x01\x00\x00" + b"\x7f" * 400,
    "folder/none.txt": b"",
    "own/experiment/mine.yaml": b"seed: 3\n",
    "damaged.json": b'{"format_version": 2, "generator"',
}

BAD: list[tuple[tuple[str, ...], str]] = [
    (("generat",), "did you mean generate?"),
    (("verfy", "dataset=x"), "did you mean verify?"),
    (("list", "font"), "did you mean fonts?"),
    (("completion", "bsh"), "bash"),
    (("verify", "datset=x"), "did you mean dataset?"),
    (("verify", "dataset=nowhere"), "nowhere: no such folder"),
    (("verify",), "dataset"),
    (("verify", "x", "executor=rai"), "executor='rai': no such executor; did you mean ray?"),
    (
        ("verify", "x", "executor=ray", "executor.adress=1"),
        "executor.adress='1': no such key; did you mean executor.ad",
    ),
    (("preview", "dataset=nowhere"), "nowhere: no such folder"),
    (("publish", "dataset=nowhere", "repo=my letters", "dry_run=true"), "repo='my letters': must be OWNER/NAME"),
    (("generate", "publish=letters"), "publish='letters': must be OWNER/NAME"),
    (("generate", "generator=circled_leters"), "did you mean circled_letters"),
    (("generate", "format=parqet"), "did you mean parquet"),
    (("generate", "executor=locl"), "did you mean local"),
    (("generate", "experiment=blindtst"), "did you mean blindtest"),
    (("generate", "pictur_px=64"), "did you mean picture_px"),
    (("generate", "generator.pictur_px=64"), "did you mean picture_px"),
    (("generate", "words.lenght=[3,4]"), "did you mean length"),
    (("generate", "splits.tran=5"), "did you mean train"),
    (("generate", "splits.shares.tran=0.5"), "did you mean train"),
    (("generate", "executor.wokers=2"), "did you mean workers"),
    (("generate", "sed=1"), "did you mean seed"),
    (("generate", "+camera.tilt=3"), "camera.tilt"),
    (("generate", "+generator._target_=os.system"), "_target_"),
    (("generate", "++_target_=os.system"), "_target_"),
    (("generate", "output=${oc.env:HOME}/out"), "oc.env"),
    (("generate", "licence=${oc.env:HOME}"), "oc.env"),
    (("generate", "words=${oc.env:HOME}"), "oc.env"),
    (("generate", "licence=${oc.decode:x}"), "oc.decode"),
    (("generate", "-m", "licence=${oc.env:HOME}"), "oc.env"),
    (("generate", "words=${nowhere}"), "nowhere"),
    (("generate", "mark_scale=[1.5,1.2]"), "mark_scale=(1.5, 1.2): is a range written backwards"),
    (("generate", "mark_scale=[1.5"), "mark_scale"),
    (("generate", "mark_scale=[4,4]"), "mark_scale=(4.0, 4.0)"),
    (("generate", "picture_px=16"), "picture_px=16: nearly no word has room"),
    (("generate", "mark_scale=x"), "mark_scale"),
    (("generate", "picture_px=0"), "picture_px=0"),
    (("generate", "picture_px=[64,0]"), "picture_px[1]=0"),
    (("generate", "picture_px=big"), "picture_px='big'"),
    (("generate", "picture_px=null"), "picture_px=None"),
    (("generate", "mark_opacity=[0.5,nan]"), "mark_opacity[1]=nan"),
    (("generate", "camera=foto"), "did you mean photo"),
    (("generate", "mark_colours=[rouge]"), "mark_colours[0]='rouge'"),
    (("generate", "seed=x"), "seed='x'"),
    (("generate", "seed=1.5"), "seed=1.5"),
    (("generate", "shard_size=0"), "shard_size=0"),
    (("generate", "splits.train=-1"), "splits.train=-1"),
    (("generate", "splits.train=ten"), "splits.train='ten'"),
    (("generate", "splits.train=null"), "splits.train=None"),
    (("generate", "splits.train=0", "splits.validation=0", "splits.test=0"), "no split has any rows"),
    (("generate", "splits.shares.train=-1"), "train=-1"),
    (("generate", "executor.workers=0"), "executor.workers=0"),
    (("generate", "overwrite=maybe"), "overwrite"),
    (("generate", "licence="), "licence"),
    (("generate", "licence=cc-by-4"), "licence='cc-by-4': is no SPDX name (spdx.org/licenses) and no address; did you"),
    (("generate", "licence=my own words"), "is no SPDX name"),
    (("generate", "from=nowhere"), "nowhere"),
    (("generate", "from=damaged.json"), "damaged.json"),
    (("generate", "words=nowhere.txt"), "nowhere.txt"),
    (("generate", "words=latin1.txt"), "latin1.txt"),
    (("generate", "words=utf16.txt"), "utf16.txt"),
    (("generate", "words=empty.txt"), "empty.txt"),
    (("generate", "words=long.txt"), "long.txt"),
    (("generate", "words=[a,b,c]"), "words.share_across_splits=true"),
    (("generate", "words=builtinn"), "did you mean builtin"),
    (("generate", "words.source=[中,文,字,书,人,大]", "words.alphabet=中文字书人大"), "no font draws '中' (U+4E2D)"),
    (("generate", "words.length=[10000,10000]"), "words.length"),
    (("generate", "fonts=nowhere/"), "nowhere"),
    (("generate", "fonts=folder"), "folder"),
    (("generate", "fonts=broken"), "broken"),
    (("generate", "fonts.families=[DejaVu Sanz]"), "did you mean DejaVu Sans"),
    (("generate", "fonts.families=[DejaVu Sans]"), "fonts.share_across_splits=true"),
    (("generate", "output=latin1.txt"), "latin1.txt: is not a folder"),
    (("generate", "output=folder"), "not a dataset of synthink"),
    (("generate", "output=/proc/nowhere/out"), "/proc/nowhere"),
    (("generate", "output=null"), "output"),
    (("generate", "splits=100"), "splits=100: says nothing by itself; write splits.train=..., splits.validation=..."),
    (("generate", "splits=null"), "splits=None: says nothing by itself; write splits.train=..., splits.validation=..."),
    (("generate", "train=20"), "did you mean splits.train? Write splits.train=20"),
    (("generate", "shares.train=0.5"), "did you mean splits.shares.train? Write splits.shares.train=0.5"),
    (("generate", "size=100"), "did you mean splits.train? Write splits.train=100"),
    (("generate", "workers=2"), "did you mean executor.workers? Write executor.workers=2"),
    (("generate", "noise=3"), "did you mean camera.noise? Write camera.noise=3"),
    (("generate", "license=mit"), "did you mean licence? Write licence=mit"),
    (("train", "steps=5"), "did you mean trainer.steps? Write trainer.steps=5"),
    (("train", "nowhere"), "nowhere: no such folder"),
    (("evaluate", "nowhere", "checkpoint=x"), "nowhere: no such folder"),
    (("preview", "nowhere"), "nowhere: no such folder"),
    (("verify", "a", "b"), "dataset='b': is there twice; the other is 'a'"),
    (("generate", "text_size_px=x"), "text_size_px='x': must be a number (or a list)"),
    (("generate", "mark_shapes=elipse"), "did you mean ellipse or superellipse?"),
    (("generate", "picture_px"), "picture_px=None: write picture_px=VALUE"),
    (("generate", "-m", "seed=1,2", "formt=arrow"), "did you mean format"),
    (("generate", "-m", "seed=1,2", "hydra/launcher=jobli"), "jobli"),
    (("generate", "-m", "seed=1,2", "hydra/launcher=ray"), "is not installed; pip install hydra-ray-launcher"),
    (("generate", "--config-dir", "folder", "experiment=mien"), "no such experiment; known: blindtest, finetune"),
    (("generate", "--config-dir", "own", "experiment=min"), "no such experiment; did you mean mine?"),
    (
        ("generate", "--config-dir", "own", "experiment=mine"),
        "would set nothing; its first line must be",
    ),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=str)
def test_bad_input_is_one_line_and_leaves_nothing(
    command: Command, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    for name, content in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    before = sorted(path.as_posix() for path in tmp_path.rglob("*"))
    if arguments[0] == "generate":
        typed = str(arguments)
        quick = () if any(key in typed for key in ("words", "from", "experiment", "-m")) else ("words=random",)
        arguments = (*arguments, *quick, *(() if "output=" in typed else ("output=out",)))
    assert_refused(command(*arguments), message, tmp_path)
    if "-m" not in arguments:
        assert sorted(path.as_posix() for path in tmp_path.rglob("*")) == before
