"""What a seed leaves behind for the planner."""

import pytest
from django.db import connection

from demo.bulk import take_stock
from tests import factories


@pytest.mark.django_db(transaction=True)
def test_the_planner_knows_what_was_written_as_soon_as_stock_is_taken():
    factories.employer()
    factories.employer()

    take_stock()

    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'branches_employer'")
        assert cursor.fetchone() == (2,)
