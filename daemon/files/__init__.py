"""Forms on disk: lines, scenes, snippets, presets, and writing that survives a pulled plug."""
