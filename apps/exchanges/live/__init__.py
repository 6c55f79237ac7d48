"""The venues themselves, asked and listened to.

transport.py   one request, one socket: addresses by ccxt, bytes and refusals by us
budget.py      how much a venue may be asked; backoff.py how long to wait after a failure
venues.py      what each venue can tell, and through which two modules
coins.py       1000PEPE, kPEPE and PEPE are one coin
opening.py     who answers, what to draw: the feed, or why there is none
backfill.py    what has been
polling.py     what is asked again and again; listening.py what is pushed
assembly.py    a candle, the open interest, the mark and the takers become one bar
plausible.py   prices that no market makes in one step
streams.py     what was heard when
feed.py        all venues at once, each in a task of its own
"""
