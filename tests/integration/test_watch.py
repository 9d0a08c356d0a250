"""Watching the server over real HTTP: charts, one message about its problems, metrics."""

from __future__ import annotations

import stat
from pathlib import Path

from tests.company import Company, buttons_data
from tests.prometheus import read_metrics
from tests.stand import Json, is_panel, words


def shown(company: Company, text: str) -> list[Json]:
    """Return the admin's messages with this text, panels left out."""
    return [message for message in company.admin.messages() if text in words(message) and not is_panel(message)]


def wait_for_alert(company: Company, text: str) -> Json:
    """Wait for a message to the admin other than a panel."""
    return company.admin.wait_for(text, predicate=lambda message: not is_panel(message))


def test_it_works(company: Company) -> None:
    admin = company.admin
    company.let_in(company.friend)
    company.give_config(company.friend)
    company.wait(lambda: company.rows("SELECT 1 FROM hours WHERE sent > 0 AND online > 0"), what="an hour with traffic")
    admin.send("/status")
    status = admin.wait_for("Interface awg0")
    admin.press("By day", message=status)
    days = admin.wait_for("The whole server: ")
    assert admin.download(days).startswith(b"\x89PNG")
    company.wait(lambda: not shown(company, "Interface awg0"), what="the picture in the screen's place")
    admin.press("By hour", message=days)
    hours = admin.wait_for("the last 48 hours")
    assert admin.download(hours).startswith(b"\x89PNG")
    assert "online at once: 1" in words(hours)
    admin.press("Server", message=hours)
    admin.press("Top friends", message=admin.wait_for("Interface awg0"))
    assert "1. Anna: ⬇️" in words(admin.wait_for("Top friends"))
    admin.press("Back", message=admin.last())
    admin.wait_for("Interface awg0")
    company.wait(lambda: not shown(company, "The whole server"), what="pictures that make way")
    company.stand.settle()
    assert len(shown(company, "Interface awg0")) == 1


def test_troubles_are_one_message_that_is_edited_and_leads_to_the_server(company: Company) -> None:
    admin = company.admin
    company.interface.down()
    alert = wait_for_alert(company, "can't be reached")
    assert buttons_data(alert) == ["server"]
    admin.press("Server", message=alert)
    admin.wait_for("🔴 Down", after=alert)
    assert shown(company, "can't be reached"), "the alert stays where it is"
    company.interface.up()
    over = wait_for_alert(company, "All is well again")
    assert over["message_id"] == alert["message_id"]
    company.second_admin.wait_for("Всё снова в порядке")
    company.interface.down()
    second = wait_for_alert(company, "can't be reached")
    assert second["message_id"] > alert["message_id"], "the next trouble can be heard"
    assert "All is well again" in words(next(m for m in admin.messages() if m["message_id"] == alert["message_id"]))
    company.interface.up()
    company.wait(lambda: len(shown(company, "All is well again")) == 2, what="the second end")


def test_troubles_that_began_go_on_in_the_same_message_after_a_restart(company: Company) -> None:
    company.interface.down()
    alert = wait_for_alert(company, "can't be reached")
    company.stop()
    company.interface.up()
    company.start()
    assert wait_for_alert(company, "All is well again")["message_id"] == alert["message_id"]


def test_a_monitor_reads_the_numbers(tmp_path: Path) -> None:
    path = tmp_path / "andreyvpn.prom"
    with Company(tmp_path, METRICS_FILE=str(path)) as company:
        company.let_in(company.friend)
        company.give_config(company.friend)
        company.wait(lambda: read_metrics(path.read_text())["andreyvpn_sent_bytes_total"] > 0, what="traffic")
        found = read_metrics(path.read_text())
        assert found["andreyvpn_up"] == found["andreyvpn_online"] == found['andreyvpn_peers{kind="wanted"}'] == 1
        assert stat.S_IMODE(path.stat().st_mode) == 0o644
        company.interface.down()
        company.wait(lambda: read_metrics(path.read_text())["andreyvpn_up"] == 0, what="the outage")
        company.interface.up()
