"""Create the tables, their past and the full-text index, as the models declare them.

Every build migrates an empty database, so there is no database that an earlier revision made.
"""

from alembic import op

from app.models import METADATA

revision = "0002"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    METADATA.create_all(op.get_bind())


def downgrade() -> None:
    METADATA.drop_all(op.get_bind())
