"""Counts single tests after a ctest run, names what was skipped, and closes with "N passed, N
failed, N skipped".

Usage: count_tests.py FOLDER, with ctest.junit and one GoogleTest report <executable>.xml for each
test executable. A ctest entry without such a report (a Python test, or an executable that crashed)
counts as one test.
"""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path


def count_gtest(report):
    """(passed, failed, skipped names) of one GoogleTest report."""
    passed, failed, skipped = 0, 0, []
    for case in ET.parse(report).getroot().iter("testcase"):
        if case.get("status") == "notrun":  # filtered out or disabled
            continue
        if case.find("failure") is not None:
            failed += 1
        elif case.find("skipped") is not None:
            reason = (case.find("skipped").get("message") or "").strip().splitlines()
            skipped.append(
                f"{case.get('classname')}.{case.get('name')}: "
                f"{reason[-1] if reason else 'no reason given'}"
            )
        else:
            passed += 1
    return passed, failed, skipped


def count_entry(case, folder):
    """(passed, failed, skipped names) of one ctest entry."""
    name, ok = case.get("name"), case.get("status") == "run"
    reports = sorted(folder.glob(f"test_{name}.xml"))
    if reports:
        try:
            passed, failed, skipped = count_gtest(reports[0])
        except ET.ParseError:
            return 0, 1, []
        # It may have failed without a failing test: a leak at exit, a time-out.
        return passed, failed if ok or failed else 1, skipped
    if ok:
        return 1, 0, []
    reason = case.find("skipped").get("message", "") if case.find("skipped") is not None else ""
    if reason.startswith("SKIP_") or case.get("status") == "disabled":
        return 0, 0, [name]
    return 0, 1, []


def main():
    folder = Path(sys.argv[1])
    passed, failed, skipped = 0, 0, []
    for case in ET.parse(folder / "ctest.junit").getroot().iter("testcase"):
        counts = count_entry(case, folder)
        passed, failed, skipped = passed + counts[0], failed + counts[1], skipped + counts[2]
    for name in skipped:
        print("skipped:", name)
    print(f"{passed} passed, {failed} failed, {len(skipped)} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
