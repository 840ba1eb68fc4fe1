"""The cases, one file each or one for a small family: found by being here."""
