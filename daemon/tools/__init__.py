"""Commands beside the mixing: bench, doctor, reference pages, scene files."""
