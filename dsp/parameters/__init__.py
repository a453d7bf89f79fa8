"""How a row of the table is written, and what follows from it.

    axis       the labels a path runs along: ch/{ch}
    scales     the three forms of a value: wire, engineering, text
    row        what one parameter is; variant  rows that mean what another leaf says
    table      all rows together, and the values they hold

Begin with `row`.
"""
