"""Starts every process of the site, keeps them alive, and leaves nothing behind."""
