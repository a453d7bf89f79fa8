"""Values to targets: everything with reasons ends here, and numbers go on.

    draft      a desk's draft, and refresh  what of it has to be made anew
    strips     the kinds of strips; processing  from their sources to the dynamics
    levels, pan                      fader × DCA × mute × pan × send in one gain
    routing, signals, monitor        what is where, and what the engineer hears
    outputs    what leads out of the strips

Begin with `levels`.
"""
