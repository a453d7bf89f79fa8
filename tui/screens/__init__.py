"""What fills the window.

    bridge                                   the meters of all strips, below everything else
    page                                     what all others have in common
    strip, groups, effects, routing          sheets of parameters
    scenes, spectrum, health                 scenes with a look ahead; what rings; how the audio does
    loudness, recorder                       eight meters and how they went; what is recorded, and whether it is safe
    prompt, silence, help                    small windows over a page
"""
