"""A real browser on a real server: the system's Chromium, at a desk and on a phone, in Chinese."""

import os
import shutil
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests import factories

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# Milliseconds that a step may take on a machine busy with other tests; one that works waits for none of it.
PATIENCE = 30_000
CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
# Playwright's synchronous calls run inside an event loop of their own, where Django would otherwise refuse.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items):
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.journey)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="没有浏览器：请安装 chromium 和 fonts-noto-cjk"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    quiet = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-sync",
             "--disable-component-update", "--no-first-run"]  # fmt: skip
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": quiet}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": DESK,
    }


@pytest.fixture
def page(page, live_server):
    """A page that fails the test when it asks another host, throws in a script, or breaks its own policy."""
    wrong = []
    own = urlsplit(live_server.url).netloc
    page.on("request", lambda r: urlsplit(r.url).netloc in (own, "") or wrong.append(f"asks {r.url}"))
    page.on("pageerror", lambda error: wrong.append(f"script error {error}"))
    page.on("console", lambda m: m.type == "error" and "Content Security" in m.text and wrong.append(m.text))
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield page
    assert wrong == []


@pytest.fixture
def stage(transactional_db):
    """Two streets with a community branch each, and people who must not be mixed up."""
    district, jianning, _community = factories.lineage("麒麟区", "建宁街道", "文笔社区")
    nanning, gulou = factories.lineage("南宁街道", "鼓楼社区", below=district)
    here = factories.branch(unit=_community, name="中共文笔社区离退休第一支部")
    there = factories.branch(unit=gulou, name="中共鼓楼社区离退休第一支部")
    names = ["王秀英", "单国强", "解放军", "欧阳建国"]
    people = [
        factories.member(branch=here, name=name, phones=[("13800001234", "self", "")]) for name in names
    ]
    stranger = factories.member(branch=there, name="王小燕")
    accounts = {
        "district": factories.account(username="district", role="district_officer", unit=district),
        "street": factories.account(username="street", role="street_clerk", unit=jianning),
        "community": factories.account(username="community", role="community_clerk", unit=_community),
        "secretary": factories.account(username="secretary", role="branch_secretary", branch=here),
        "auditor": factories.account(username="auditor", role="auditor", unit=district),
        "system": factories.account(username="system", role="system_administrator", unit=district),
    }
    return {
        "district": district,
        "street": jianning,
        "other_street": nanning,
        "community": _community,
        "here": here,
        "there": there,
        "people": people,
        "stranger": stranger,
        "accounts": accounts,
    }


@pytest.fixture
def log_in(page, live_server, stage):
    """Log in on the login page as one of the stage's accounts."""

    def enter(username):
        page.goto(f"{live_server.url}/admin/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", factories.PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_url(f"{live_server.url}/admin/")
        return page

    return enter
