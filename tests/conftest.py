"""What to do when something is missing on this machine."""

import pytest

REMEDY = "run `bash tests/run` once: it installs what the tests need, other people's programs too"


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector):
    """Say what to do when a file can't be read because a module is not there."""
    report = yield
    if report.failed and "No module named" in str(report.longrepr):
        report.sections.append(("remedy", REMEDY))
    return report
