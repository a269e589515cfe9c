"""Rows as tokens and pixels: the same as transformers' own processors make of them."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("google.protobuf")

from synthink.errors import ModelError  # noqa: E402
from synthink.evaluate.answerer import Example  # noqa: E402
from synthink.train.transformers.learner import TransformersLearner  # noqa: E402
from synthink.train.transformers.texts import FlorenceTexts, HubPieces, PaliGemmaTexts, SentencePieces  # noqa: E402
from synthink.train.transformers.trainer import TransformersTrainer  # noqa: E402
from tests.train.transformers.tiny import examples, tiny_learner, tiny_model  # noqa: E402

TEXTS = [
    ("which letter is circled?", "A"),
    ("detect the line", "<loc0001><loc1023><loc0500><loc0007> line"),
    ("", "Case Is Kept; 0123"),
    ("  two spaces and é, 日本 ", "<seg001> x\ny"),
]


def rows(side: int) -> list[Example]:
    return [
        row._replace(prefix=prefix, suffix=suffix)
        for row, (prefix, suffix) in zip(examples(len(TEXTS), side), TEXTS, strict=True)
    ]


def exported(folder: Path, language: str) -> tuple[Any, Any]:
    """A learner, and the processor that it exports."""
    learner = tiny_learner(folder, tiny_model(language, text_tokens=96))
    learner.set_max_lengths(learner.lengths._replace(prefix=96, suffix=96, total=96))
    learner.export(folder / "model")
    return learner, transformers.AutoProcessor.from_pretrained(str(folder / "model"))


@pytest.mark.parametrize("language", ["gemma2_2b", "gemma_2b"])
def test_paligemma_reads_what_its_processor_makes(language: str, tmp_path: Path) -> None:
    learner, processor = exported(tmp_path, language)
    found = rows(learner.image_px)
    for row in found:
        part = learner.prepare([row]).parts[0]
        made = processor(
            images=[row.image], text=[f"<image>{row.prefix}"], suffix=[row.suffix], return_tensors="pt", padding=True
        )
        # The processor's last token, the end of the answer, is a target alone here.
        for name in ("input_ids", "attention_mask", "token_type_ids"):
            assert torch.equal(part[name], made[name][:, :-1]), name
        assert part["targets"].tolist() == made["labels"][made["labels"] != -100].tolist()
        assert torch.allclose(learner.layout.scaled(part["pixels"]), made["pixel_values"], atol=1e-6)
    asked = learner.layout.question_inputs([learner.texts.question(row.prefix) for row in found])
    made = processor(
        images=[row.image for row in found],
        text=[f"<image>{row.prefix}" for row in found],
        return_tensors="pt",
        padding=True,
    )
    assert torch.equal(asked["input_ids"], made["input_ids"])
    assert torch.equal(asked["attention_mask"], made["attention_mask"])


def test_florence_reads_what_its_processor_makes(tmp_path: Path) -> None:
    learner, processor = exported(tmp_path, "bart_base")
    for row in rows(learner.image_px):
        part = learner.prepare([row]).parts[0]
        made = processor(images=[row.image], text=[row.prefix], return_tensors="pt")
        assert torch.equal(part["input_ids"], made["input_ids"])
        assert torch.allclose(learner.layout.scaled(part["pixels"]), made["pixel_values"], atol=1e-5)
        labels = processor.tokenizer(f"<bos>{row.suffix}<eos>", add_special_tokens=False, return_tensors="pt").input_ids
        assert part["targets"].tolist() == labels[0].tolist()
        from transformers.models.florence2.modeling_florence2 import shift_tokens_right

        start = learner.core.config.text_config.decoder_start_token_id
        assert torch.equal(part["decoder_input_ids"], shift_tokens_right(labels, 0, start))


@pytest.mark.parametrize("language", ["gemma2_2b", "bart_base"])
def test_both_tokenizers_of_an_export_agree(language: str, tmp_path: Path) -> None:
    learner, _ = exported(tmp_path, language)
    hub = HubPieces(str(tmp_path / "model"))
    own = learner.texts.pieces
    made = (FlorenceTexts if language == "bart_base" else PaliGemmaTexts)(hub, 96)
    assert hub.special == own.special
    for prefix, suffix in TEXTS:
        assert made.question(prefix) == learner.texts.question(prefix)
        assert made.answer(suffix) == learner.texts.answer(suffix)
        assert made.encoded(prefix, suffix) == learner.texts.encoded(prefix, suffix)
        for texts in (made, learner.texts):
            assert texts.decoded(prefix) == prefix
            assert texts.text([*texts.answer(suffix), 17, 18]) == suffix
    assert made.is_single("<loc0000>") and not made.is_single("<loc1024>")


def test_threads_may_encode_together(tmp_path: Path) -> None:
    """A tokenizer of transformers, asked in its own way, now and then answers 'Already borrowed'."""
    exported(tmp_path, "gemma2_2b")
    pieces, failed = HubPieces(str(tmp_path / "model")), []

    def work() -> None:
        for _ in range(200):
            if pieces.decode(pieces.encode("which letter <loc0007>")) != "which letter <loc0007>":
                failed.append(1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert not failed


def test_a_batch_weighs_examples_not_tokens(tmp_path: Path) -> None:
    learner = tiny_learner(tmp_path, accumulate=2)
    found = [row._replace(suffix="AB"[:number] or "ABCD") for number, row in enumerate(examples(3, learner.image_px))]
    batch = learner.prepare(found)
    assert len(batch.parts) == 2 and batch.examples == 3
    assert sum(float(part["weights"].sum()) for part in batch.parts) == pytest.approx(1.0)
    alone = [learner.loss(learner.prepare([row])) for row in found]
    assert learner.loss(batch) == pytest.approx(float(np.mean(alone)), rel=1e-5)


def test_rows_that_are_too_long_are_named(tmp_path: Path) -> None:
    learner = tiny_learner(tmp_path)
    long = examples(1, learner.image_px)[0]._replace(prefix="x " * 60)
    with pytest.raises(ModelError, match="row-0"):
        learner.prepare([long])
    with pytest.raises(ModelError, match="row-0"):
        learner.answers([long])


def test_a_tokenizer_without_locations_is_refused(tmp_path: Path) -> None:
    import sentencepiece

    path = tmp_path / "plain.model"
    with path.open("wb") as file:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(["a b c d e"] * 20),
            model_writer=file,
            vocab_size=16,
            hard_vocab_limit=False,
            minloglevel=2,
        )
    with pytest.raises(ModelError, match=r"plain\.model: <loc0000>"):
        SentencePieces(path)
    learner = tiny_learner(tmp_path)
    learner.export(tmp_path / "model")
    # A folder whose tokenizer transformers opens without a word, and which knows five pieces.
    (tmp_path / "model" / "tokenizer.json").unlink()
    (tmp_path / "model" / "tokenizer.model").unlink()
    with pytest.raises(ModelError, match="model"):
        TransformersLearner(tiny_model(), TransformersTrainer(device="cpu"), None, 32, 0, tmp_path / "model")


def test_a_tokenizer_must_be_named_for_weights_that_bring_none(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model\.tokenizer"):
        TransformersLearner(tiny_model(), TransformersTrainer(device="cpu"), None, 32, 0, None)
