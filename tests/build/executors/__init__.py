"""Executors on clusters that are real, and small: two nodes of Ray, one node of SLURM."""
