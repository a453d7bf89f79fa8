"""How the daemon stands with the machine it runs on.

    realtime   going first: scheduling and memory that stays
    heap       how much of its memory a process keeps
    notify     what the supervisor (systemd) is told: ready, alive, reloading, stopping
    child      a program beside this one, started again whenever it ends
    floor      threads that think stand back while the event loop is at work
    heart      whether the event loop still beats; crash  what is left behind when something unexpected happens

Nothing here knows what a console is.
"""
