"""Settings that make password hashes cheap to compute, for tests that are not about their cost."""

CHEAP_HASHES = {"ARGON2_KIBIBYTES": 8, "ARGON2_PASSES": 1}
