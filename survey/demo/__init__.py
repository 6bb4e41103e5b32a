"""The demonstration: a real survey of 1976 and a made-up municipality in which the truth is known."""
