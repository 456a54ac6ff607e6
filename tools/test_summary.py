#!/usr/bin/env python3
"""Prints the last line of `./dev test`: how many tests passed, failed and were skipped.

    test_summary.py JUNIT_XML MESON_STATUS

Counts the cases in the report meson wrote (a GoogleTest or TAP program holds many), names those that failed, says why
programs were skipped as a whole, and exits non-zero when a case failed, when meson itself did, or when nothing ran at all.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree


def skip_reason(case):
    """Why a TAP program skipped all that it has ("1..0 # SKIP why"); None for cases of other programs."""
    match = re.search(r'^1\.\.0 # SKIP (.*)', case.findtext('system-out') or '', re.MULTILINE)
    return match and match[1]


def count(report):
    """Returns (passed, failed, skipped) of a JUnit file; failed is the list of the names. Prints reasons of skipping."""
    passed, failed, skipped = 0, [], 0
    for case in ElementTree.parse(report).iter('testcase'):
        if case.find('failure') is not None or case.find('error') is not None:
            failed.append(f"{case.get('classname')} {case.get('name')}")
        elif case.find('skipped') is not None or case.get('status') == 'notrun':
            skipped += 1
            if skip_reason(case):
                print(f"skipped: {case.get('name')}: {skip_reason(case)}")
        else:
            passed += 1
    return passed, failed, skipped


def main():
    report, status = sys.argv[1], int(sys.argv[2])
    try:
        passed, failed, skipped = count(report)
    except FileNotFoundError:
        passed, failed, skipped = 0, [], 0
    for name in failed:
        print(f'failed: {name}')
    if passed == 0 and not failed:
        print('no test ran')
    elif status != 0 and not failed:
        failed.append('a test program')  # It ended badly without a case of its own to blame.
        print(f'failed: meson test ended with status {status}')
    print(f'{passed} passed, {len(failed)} failed' + (f', {skipped} skipped' if skipped else ''))
    return 1 if failed or status != 0 or passed == 0 else 0


if __name__ == '__main__':
    sys.exit(main())
