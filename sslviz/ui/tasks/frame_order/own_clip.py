"""The visitor's own clip on the page Frame order."""

from sslviz.ui.frame.own_input import own_file

OWN_CLIP = own_file("clip", "clip", "Your own video or animated GIF", ":material/videocam_off:")  # (8, h, w, 3) uint8
