"""The second backend: PaliGemma, PaliGemma 2 and Florence-2 as transformers has them, with LoRA and QLoRA by peft.

`variants.py`, `measures.py` (a `Model` as transformers' configuration) -> `weights.py` (npz), `loading.py`,
`opening.py` (where a model comes from) -> `texts.py`, `batches.py` (rows as tensors) -> `learner.py` over
`optimiser.py` and `adapters.py` -> `keeping.py` (checkpoints, exports).
"""
