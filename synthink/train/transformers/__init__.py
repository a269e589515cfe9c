"""The second backend: PaliGemma, PaliGemma 2 and Florence-2 as transformers has them. README.md names the files."""
