"""Benchmarks of the whole site: they start what they measure, on loopback, and stop it again."""
