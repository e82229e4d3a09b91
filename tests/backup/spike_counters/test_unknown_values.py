"""Counters of spikes after a restore without a current database that knows their values."""

import pytest
import sqlalchemy as sa

from app.db.session import db
from tests.support.restored_spikes import delete_spike, schedule_spike


@pytest.mark.parametrize("is_over", [False, True])
def test_counters_on_skips_ahead_from_the_spike_s_value_in_the_backup(
    installation, truck, poll_values, clock, is_over
):
    poll_values(2)
    schedule_spike(installation, truck, {"step_number": 10})
    assert poll_values(2) == [12, 22]
    file = installation.backup()
    assert poll_values() == [32]
    if is_over:
        clock.shift(600)
    installation.close()
    installation.database.unlink()
    output = installation.restored("--counters-on", 5, file)
    assert "1 counter skipped ahead by 5 values." in output
    assert poll_values() == [73 if is_over else 82], "five of the largest steps, and one more"


def test_accept_repeats_continues_from_the_spike_s_value_in_the_backup(
    installation, truck, poll_values, clock
):
    poll_values(2)
    schedule_spike(installation, truck)
    assert poll_values(2) == [3, 4]
    file = installation.backup()
    poll_values(2)
    installation.close()
    installation.database.unlink()
    installation.restored("--accept-repeats", file)
    assert poll_values(2) == [5, 6]


def test_a_deleted_spike_s_counter_is_unknown_in_a_database_without_counters_after(
    installation, truck, poll_values
):
    """Such a database did not store the values of deleted spikes in the field."""
    spike = schedule_spike(installation, truck)
    file = installation.backup()
    poll_values(2)
    delete_spike(installation, spike, None)
    with installation.app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE spike_schedules DROP COLUMN counters_after"))
    installation.close()
    result = installation.run("restore", file)
    assert result.exit_code == 1
    assert "Spike (a spike of Truck 01): n" in result.output
    installation.restored("--counters-on", 9, file)
    assert poll_values() == [12]
