"""Holds how plain words are matched to findings. It proposes and never decides; it knows no rule of any red flag."""
