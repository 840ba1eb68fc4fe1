"""Strategies of resellers, one file each."""
