"""Eight venues that do not exist, on loopback, telling one simulated market in eight languages.

market.py, hour.py    what is true: the simulated market at any instant, in canonical records
listings.py           what the venues list, and in which units they count
source.py, spoiling.py  what a venue knows, truly or as a fault bends it
asking.py, limits.py  a client's question, and how many of them it may ask
<venue>.py            pure functions from canonical records to that venue's replies; where they
                      are many, <venue>_statistics.py has ratios, histories and margin tiers
<venue>_stream.py     its pushed messages and the handshake before them
faults.py             what goes wrong, when, where
server.py, sockets.py all of it behind one port
"""
