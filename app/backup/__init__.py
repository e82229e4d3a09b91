"""Backups of the database: made while it is in use, and restored without serving any value twice."""
