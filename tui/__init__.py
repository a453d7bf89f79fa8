"""The terminal UI: a meter bridge, and an ordinary OSC client like any other.

    app        the command and the application
    link       the wire: requests, leases, answers ─▶ mirror  one array per fact
    strips     what is shown, in meter order; theme  every colour with its meaning
    screens/   bridge and help; widgets/  what they are made of

Begin with `mirror`: widgets draw straight from its arrays.
"""
