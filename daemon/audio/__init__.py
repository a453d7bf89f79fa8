"""Devices and native code: the audio thread begins and ends here.

    callback   the function PortAudio calls; kernels finds it compiled, or has build
               compile it, with units: what belongs together
    stream     one PortAudio device; stage  a device made of memory, with a metronome; devices  which one is meant
    rehearsal  the thread beside the audio thread that gets a recalled desk ready
    remote     a device played in a process of its own, outpost; shared  the memory both see;
               graph  whether a device of JACK is still there
    loading    kernels of effects, compiled beside when they are chosen
    watch      a device that is lost is found again, by its identity
    audiofile  audio files in blocks; packed  samples of 24 bits in WAV files, quickly

Begin with `callback`: it is one screen, and goes on in dsp/engine/block.
"""
