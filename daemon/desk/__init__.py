"""The values and what follows from them: rules, links, mutes, solo, wiring."""
