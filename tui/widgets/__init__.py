"""What the screens are made of.

    bridge_layout    from the size of the window to columns and rows
    meter_bank       one widget draws a whole bank
    sheet, plot      parameters in columns; a curve with bars behind it
    canvas, cells    a drawing, and how the terminal is sent what of it has changed; label  names cut to fit
    lines            status, strip in numbers, DCAs, keys
"""
