"""How long things are kept: what is due to go, the steps that delete it, the proof that no figure changed."""
