"""Backups of the database: made while everybody writes, put back without serving anything twice."""
