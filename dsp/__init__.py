"""What the console is, and how it sounds: two arms that meet in design/ only.

    parameters/  how a row is written       native/      the compiled floor: lanes, atomics
    table/       THE TABLE                  processors/  one file per processor
                        │                   engine/      the block diagram, the wall
                        └──▶ design/ ◀──────────┘        values to coefficients

`units` is below all.  Begin with engine/flow (a sample's way), or table/inputs (what a channel has).
"""
