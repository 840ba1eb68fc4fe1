"""Mesa agents: carriers, branches, resellers, the regulator, and users and partners in columns."""
