"""Screenshots of the documentation, taken of a throwaway server."""
