"""Which fixture to choose.

`api` serves the made-up seeds of tests/made_up (every resource type, every kind of attribution and
bound, a disagreement; characters outside the BMP and combining marks), `seed_api` the real ones,
`many_api` some hundreds and `large_api` some thousands of generated records (tests/many.py) with
nulls wherever they may be; all drive the application in process and count SQL statements. `tree` is
a copy of the made-up seeds that a test may change. Tests that read a database run on each of them.
A part that is missing skips a test, or fails it where ONRECORD_NO_SKIPS is set.
"""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings

from app.curation.build import Silent, build, build_records
from app.curation.files import SeedTree
from app.curation.quotes import Texts
from app.database.engine import parse_url
from tests.client import Api
from tests.many import Maker
from tests.postgres import PostgresServer, postgres_binaries

ROOT = Path(__file__).resolve().parent.parent
MADE_UP = ROOT / "tests" / "made_up"
SEED = ROOT / "seed"
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]

# Promises are about values: how long an example takes depends on what else the machine does.
settings.register_profile("onrecord", deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile("onrecord")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql", "both"),
        default="both",
        help="the database that tests run on",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" in metafunc.fixturenames:
        option = metafunc.config.getoption("--database")
        backends = ["sqlite", "postgresql"] if option == "both" else [option]
        if metafunc.definition.get_closest_marker("any_database"):
            backends = backends[:1]
        metafunc.parametrize("backend", backends, scope="session", indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        if "browser" in fixtures or "page" in fixtures:
            item.add_marker("browser")
        if "postgres" in fixtures or parameters.get("backend") == "postgresql":
            item.add_marker("postgresql")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what passing tests recorded, such as changes since a snapshot."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}")


def missing(what: str) -> NoReturn:
    """A part that a test needs is not on this machine."""
    if os.environ.get("ONRECORD_NO_SKIPS"):
        pytest.fail(f"{what}, and ONRECORD_NO_SKIPS is set")
    pytest.skip(what)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    if postgres_binaries() is None:
        missing("no PostgreSQL server programs are installed")
    with PostgresServer.running(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def new_database(
    backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """Makes the URL of a database that holds nothing yet."""
    if backend == "sqlite":
        return lambda: f"sqlite:///{tmp_path_factory.mktemp('database') / 'onrecord.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return lambda: server.create_database(f"t{uuid.uuid4().hex}")


def build_from(seed: Path, url: str) -> str:
    """Build without the texts of the real seeds, as in a fresh clone; returns the version."""
    return build(SeedTree(seed), lambda: Texts([MADE_UP / "texts"]), url).version


def build_many(url: str, size: int = 150) -> None:
    build_records(Maker(size).records(), parse_url(url), "generated", Silent())


@pytest.fixture(scope="session")
def made_up_url(new_database: Callable[[], str]) -> str:
    url = new_database()
    build_from(MADE_UP, url)
    return url


@pytest.fixture(scope="session")
def seed_url(new_database: Callable[[], str]) -> str:
    url = new_database()
    build_from(SEED, url)
    return url


@pytest.fixture(scope="session")
def many_url(new_database: Callable[[], str]) -> str:
    url = new_database()
    build_many(url)
    return url


@pytest.fixture(scope="session")
def large_api(new_database: Callable[[], str]) -> Iterator[Api]:
    """More figures and statements than are counted or ranked unless a client says so."""
    url = new_database()
    build_many(url, 1500)
    with Api.over(url) as client:
        yield client


@pytest.fixture(scope="session")
def many_api(many_url: str) -> Iterator[Api]:
    with Api.over(many_url) as client:
        yield client


@pytest.fixture(scope="session")
def api(made_up_url: str) -> Iterator[Api]:
    with Api.over(made_up_url) as client:
        yield client


@pytest.fixture(scope="session")
def seed_api(seed_url: str) -> Iterator[Api]:
    with Api.over(seed_url) as client:
        yield client


@pytest.fixture
def tree(tmp_path: Path) -> SeedTree:
    shutil.copytree(MADE_UP, tmp_path / "seed")
    return SeedTree(tmp_path / "seed")


@pytest.fixture(scope="session")
def node() -> Path:
    from tests.npm import node_folder

    return node_folder()


@pytest.fixture(scope="session")
def hostile_api(new_database: Callable[[], str]) -> Iterator[Api]:
    """Records whose words are markup, scripts, bidirectional marks and very long words."""
    from tests.hostile import build_hostile

    url = new_database()
    build_hostile(url)
    with Api.over(url) as client:
        yield client


@contextmanager
def chromium() -> Iterator[Any]:
    """Chromium, which knows no other host than this one. While it runs, its event loop has the
    thread: tests beside it cannot drive the application in process.
    """
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("no Chromium is installed")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=BROWSER_FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One for all tests of a file, of which none drives the application in process."""
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def page(browser: Any) -> Any:
    return browser.new_page()


@pytest.fixture(scope="session")
def seed_text() -> str:
    """The real article's text, which is not part of the repository."""
    texts = Texts.from_setting(os.environ.get("ONRECORD_TEXTS", ""), SEED)
    text = texts.get("e64ec6c3491a2c220ce547fb0c918aace0eec0fa177d77696a3dcf0399d70619")
    if text is None:
        missing("the seed article's text is not at hand: name its folder in ONRECORD_TEXTS")
    return text.decode()
