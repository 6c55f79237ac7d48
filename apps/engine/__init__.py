"""The heart of Embermap: pure numpy, arrays in, arrays out.

Bars of one market, venue by venue, are walked minute by minute into a book of estimated
positions that still stand; the book is read as a picture: dollars force-closed per price.
Nothing here knows Django, a clock, a file or an exchange.
"""
