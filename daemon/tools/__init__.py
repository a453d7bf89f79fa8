"""Commands beside the mixing.

    doctor, checks, roundtrip                what stands in the way of sound that never stops
    disk_speed                               how many tracks a disk can be trusted with
    recording_cost                           what recording takes of a period, and of a core
    bench, bench_sections, busiest_desk      what mixing costs, section by section
    bench_effects                            what each effect costs, and eight of the dearest
    scene_files                              compare, check and convert scene files
    linemode                                 get, set, status, log: a running console, one fact a line
    record, soundcheck                       the recorder of a running console, and its player
    album                                    from a gig to a mastered album
    curves                                   what the strip does, and did before, as a page
    curves_heard, curves_desk, curves_before   what of it is in time: played, drawn, and the plain formulas
    curves_automix                           what a processor brings to it
    effects, effect_figures, reverb_figures  every effect drawn and measured, as a page
    effect_peers, effect_host                free programs that effects are measured beside, where they are installed
    wheel                                    native code into the wheel when it is built
    makers                                   which functions make of a parameter what sounds
    reference, signalpath, layouts           pages and layouts of configs/ that are made, not written
"""
