"""Ask the advisory service for known faults of the packages that the product runs with.

    python tools/audit.py

pip-audit is fetched for this one run. It passes a package that it could not look up; here that is no pass.
Ends with 1 where a fault is known, and with 2 where nothing can be said for want of an answer.
"""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "requirements.txt"
PIP_AUDIT = [sys.executable, "-m", "uv", "tool", "run", "-q", "pip-audit"]
HOW = ["--no-deps", "--disable-pip", "--progress-spinner", "off", "--timeout", "15", "--format", "json"]


@dataclass
class Findings:
    """Of so many packages: faults in words, and the names of those that nobody answered for."""

    packages: int = 0
    faults: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)


def findings(report: str) -> Findings:
    """What pip-audit's report says; none of it where it is no report."""
    found = Findings()
    try:
        packages = json.loads(report)["dependencies"]
    except (ValueError, KeyError):
        return found
    for package in packages:
        found.packages += 1
        if "skip_reason" in package:
            found.unanswered.append(package["name"])
        for fault in package.get("vulns", ()):
            mended = ", ".join(fault["fix_versions"]) or "no version yet"
            found.faults.append(f"{package['name']} {package['version']}: {fault['id']}, mended in {mended}")
    return found


def main() -> int:
    ran = subprocess.run(
        [*PIP_AUDIT, "-r", str(PINS), *HOW], check=False, capture_output=True, encoding="utf-8"
    )
    found = findings(ran.stdout)
    for fault in found.faults:
        print(fault)
    if not found.packages:
        print("The advisory service gave no answer:", *ran.stderr.strip().splitlines()[-1:])
    elif found.unanswered:
        silent = f"{len(found.unanswered)} of {found.packages}"
        print(f"The advisory service gave no answer for {silent} packages; nothing is known of them.")
    else:
        print(f"{len(found.faults)} known faults in {found.packages} packages.")
    if found.faults:
        return 1
    return 0 if found.packages and not found.unanswered else 2


if __name__ == "__main__":
    sys.exit(main())
