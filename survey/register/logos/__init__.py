"""Logos as people upload them: read with care, and written anew, so that nothing comes along but the picture.

`reading` tells what a file is; `raster` reads PNG and JPEG, `drawing` SVG, whose stylesheets `rules` turns
into attributes.
"""
