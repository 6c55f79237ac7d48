"""A market that does not exist, of which everything is known.

prices.py      what the world does to prices: regimes, volatility, jumps, basis
tables.py      coins, venues, and the leverage that traders choose
margins.py     the margin tiers of venues
positions.py   traders: who opens what, and where they will be force-closed
market.py      an hour of it: prices move, traders open, close and die, prices feel it
bars.py        what the venues publish of that hour
feed.py        the hour told as it happens
scripted.py    a story told on purpose: a price along a path, positions that die where wanted
"""
