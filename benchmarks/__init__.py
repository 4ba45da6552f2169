"""How fast gan_jax is, beside the same model in PyTorch: `python -m benchmarks --help`.

PyTorch is needed here alone: `pip install 'gan-jax[bench]'`.
"""
