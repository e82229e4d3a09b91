"""`flask demo`."""

import re
from dataclasses import replace

import pytest

from app.models import Role
from tests.conftest import NOW, add_user
from tests.support.client import Poller
from tests.support.commands import done, refused
from tests.support.timestamps import format_utc

KEY = re.compile(r"spk_\w{38}")
URL = re.compile(r"http://127\.0\.0\.1:8088(/api/data/\S+)")

SERVER, TRUCK = "Demo web server", "Demo truck"


def poller(app, output):
    """Return a monitoring tool with the key that the command printed."""
    (key,) = set(KEY.findall(output))
    return Poller(app, key)


def test_the_printed_key_polls_both_devices_at_the_printed_addresses(run, app, admin):
    output = done(run("demo"))
    tool = poller(app, output)
    answers = [tool.get(path) for path in URL.findall(output)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.json["collection"] for answer in answers] == [SERVER, TRUCK]


@pytest.mark.parametrize("collection", [SERVER, TRUCK])
def test_both_devices_have_fields_of_both_types(run, app, admin, collection):
    tool = poller(app, done(run("demo")))
    assert len(tool.data(collection, "performance")) >= 4
    assert len(tool.data(collection, "configuration")) >= 2


def test_one_spike_is_active_and_one_is_scheduled(run, app, admin):
    tool = poller(app, done(run("demo")))
    spikes = admin.get("/api/spike-schedules").json["items"]
    assert [(spike["collection_name"], spike["status"]) for spike in spikes] == [
        (SERVER, "active"),
        (TRUCK, "scheduled"),
    ]
    assert spikes[0]["start_datetime"] == format_utc(NOW)
    assert "X-Spike-Schedule" in tool.poll(SERVER).headers
    assert "X-Spike-Schedule" not in tool.poll(TRUCK).headers


def test_the_spikes_change_the_values_until_they_end(run, app, admin, clock):
    tool = poller(app, done(run("demo")))
    assert tool.data(SERVER)["cpu percent"] >= 92
    assert tool.data(TRUCK)["engine °C"] <= 93
    clock.shift(3600)
    assert tool.data(SERVER)["cpu percent"] <= 38
    assert tool.data(TRUCK)["engine °C"] >= 118
    clock.shift(15 * 60)
    assert tool.data(TRUCK)["engine °C"] <= 93


def test_the_output_says_when_the_spikes_end_and_begin(run, admin):
    output = done(run("demo"))
    assert "'Demo: overload' is active until 08:30 UTC" in output
    assert "'Demo: overheating' starts at 09:00 UTC and lasts 15 minutes" in output


def test_the_counters_of_the_devices_advance(run, app, admin, clock):
    tool = poller(app, done(run("demo")))
    clock.shift(1800)  # the spike on the server is over
    values = [(tool.data(SERVER)["requests total"], tool.data(TRUCK)["fuel percent"]) for _ in range(3)]
    assert values[0] == (0, 100)
    assert values[0][0] < values[1][0] < values[2][0]
    assert values[0][1] > values[1][1] > values[2][1]


def test_for_a_server_on_a_unix_socket_the_output_has_the_curl_option(app, run, admin, monkeypatch):
    settings = replace(app.config["SETTINGS"], bind="unix:/run/spike cast.sock")
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    output = done(run("demo"))
    assert "--unix-socket '/run/spike cast.sock' http://localhost/api/data/Demo%20truck/performance" in output


# --- The owner -----------------------------------------------------------------------------------------


def owners(admin):
    return {item["owner"] for item in admin.get("/api/collections").json["items"]}


def test_without_the_owner_option_the_first_admin_owns_the_demo(run, app, owner, admin):
    add_user(app, Role.ADMIN, "bob")
    done(run("demo"))
    assert owners(admin) == {"ada"}


@pytest.mark.parametrize("login", ["owen", "owen@example.org", "OWEN"])
def test_the_owner_can_be_given_by_username_or_email(run, admin, owner, login):
    done(run("demo", "--owner", login))
    assert owners(admin) == {"owen"}
    assert [key["username"] for key in admin.get("/api/api-keys").json["items"]] == ["owen"]


def test_a_viewer_is_refused_as_owner(run, admin, viewer):
    assert "Only Editors and Admins can create collections. vera is a Viewer." in refused(
        run("demo", "--owner", "vera")
    )
    assert owners(admin) == set()


def test_an_unknown_owner_is_refused(run, admin):
    assert "There is no user 'nobody'. Create one with create-user." in refused(
        run("demo", "--owner", "nobody")
    )


def test_without_an_admin_the_error_names_create_user(run, owner):
    assert "There is no Admin to own the demo. Create one with create-user." in refused(run("demo"))


def test_on_a_new_database_the_demo_is_refused_without_an_admin(run_new):
    done(run_new("prepare"))
    assert "There is no Admin to own the demo" in refused(run_new("demo"))


# --- All or nothing ------------------------------------------------------------------------------------


def test_loading_the_demo_again_is_refused_and_changes_nothing(run, app, admin):
    tool = poller(app, done(run("demo")))
    assert "A collection named 'Demo web server' already exists." in refused(run("demo"))
    assert admin.get("/api/collections").json["total"] == 2
    assert admin.get("/api/api-keys").json["total"] == 1
    assert tool.poll(SERVER).status_code == 200


def test_if_a_collection_name_is_taken_nothing_is_created(run, admin, make):
    make.collection(TRUCK)
    assert "A collection named 'Demo truck' already exists." in refused(run("demo"))
    assert admin.get("/api/collections").json["total"] == 1
    assert admin.get("/api/api-keys").json["total"] == 0
    assert admin.get("/api/spike-schedules").json["total"] == 0
