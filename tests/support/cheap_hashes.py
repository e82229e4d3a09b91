"""The cost of password hashes in tests: what most of them test is not how slow that is."""

CHEAP_HASHES = {"ARGON2_KIBIBYTES": 8, "ARGON2_PASSES": 1}
