"""The demo org's rows: deterministic for a seed and an instant, so that a reader can say what every answer must be."""
