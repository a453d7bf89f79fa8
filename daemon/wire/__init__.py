"""Bytes and clients: nothing here knows what a console is.

    endpoint   a socket that answers from the address that was asked
    doors      which port is open to which networks
    queue      each client in turn, so that who floods waits for himself alone
    packet     datagrams to messages and back, behind a stricter door than python-osc's
    network    what the dialect needs of the world: a way out, a clock, calls in a while
    leases     what a client asked for stays for ten seconds
    bursts     how fast one client is told; allowance  how much, while it says nothing

Begin with `packet`.
"""
