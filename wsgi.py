"""What gunicorn serves, and what `flask --app wsgi` commands."""

from app import create_app

app = create_app()
