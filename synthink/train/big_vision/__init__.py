"""The default backend: big_vision's PaliGemma, unmodified, in this process and without TensorFlow."""
