"""The values, and what the desk does by itself when one is set.

    console    the only writer: set, recall, publish
    rules      the list of what follows: links, hardmutes, solo, wiring
    roles      who may set what, as data beside the table
    quieter    what doesn't wait for a recall
    loops      buses that are fed with themselves
    rides      how long a parameter glides that is moved again and again
    parts      which strip, and which part of it, a parameter belongs to

Begin with `console.Console.set`: every move of every client passes there.
"""
