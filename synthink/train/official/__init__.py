"""big_vision's own trainer, in a process of its own: what others publish numbers with.

`write.py` lays rows out as it reads them, `recipe.py` writes its configuration, `launch.py` runs it, `child.py` is that
process, `results.py` reads back what it leaves. It needs TensorFlow, which nothing else here does.
"""
