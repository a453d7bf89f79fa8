"""Rows of the effect slots: parameter n means what the chosen type says.

    slots                                    the eight slots, and which types they take
    knob                                     kinds of parameters that many effects share
    reverb, echo, modulation, equaliser, dynamics, colour     the types, family by family
"""
