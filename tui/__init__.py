"""The terminal: an ordinary OSC client like any other, for watching everything and for rescue.

    app, terminal    the command, and the application behind it; actions  the register of all that can be done
    link             the wire: requests, leases, answers, moves ─▶ mirror  meters and labels · desk  every value
    reading          which values are asked for next; datagrams  messages as they travel
    strips, words    what there is, and what it is called; icons  pictures; theme  every colour with its meaning
    hands, why       faders and copies; reasons of a silence; palette  finding anything by name
    curves, feedback what a strip's EQ does, and what is about to ring; pictures  of all pages, for the README
    effects          what an effect does, drawn; loudness  meters the console tells, and how they went
    pace, measure    how fast the terminal takes it, and what all of this costs
    screens/, widgets/    pages, and what they are made of

Begin with `link`: all that is known of a console comes and goes there.
"""
