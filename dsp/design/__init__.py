"""Values to targets: everything with reasons ends here, and numbers go on.

    draft      a desk's draft, and refresh  the list of its sections
    strips     the kinds of strips; processing  from their sources to the dynamics
    levels, pan                      fader × DCA × mute × pan × send in one gain
    routing, signals, monitor        what is where, and what the engineer hears
    mixing, outputs                  the mix, and what leads out of the strips
    sides                            which outputs are two sides of one signal
    rack       the effects: kernel, memory and settings of each slot
    sheet      what was made from what: a row that is touched redoes what read it, and nothing else

Begin with `levels`.
"""
