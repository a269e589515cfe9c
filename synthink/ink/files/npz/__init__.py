"""synthink's own .npz, and the arrays of other .npz files, read without running a pickle."""
