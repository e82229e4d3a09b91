"""Flask extensions that the app shares; each is bound to it in `create_app`."""

from flask_jwt_extended import JWTManager
from flask_migrate import Migrate

migrate = Migrate(render_as_batch=True)
jwt = JWTManager()
