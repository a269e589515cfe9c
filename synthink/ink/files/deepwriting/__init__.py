"""DeepWriting's .npz files."""
