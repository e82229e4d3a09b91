"""Backups of the database: made while it is in use, restored without serving any value twice."""
