"""Print the path of a Chromium for the browser tests and screenshots.

    python tools/chromium.py [--install]

CHROMIUM=/path/to/chromium is taken first. With --install, root on Debian gets the system package where
there is none; anybody else is told what to install.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
ADVICE = (
    "No Chromium found, and the browser tests need one. On Debian run 'apt-get install chromium' as root; "
    "elsewhere install Chromium or Chrome and set CHROMIUM=/path/to/it."
)


def find() -> str | None:
    """The path of a Chromium that this machine has, or None."""
    wanted = os.environ.get("CHROMIUM")
    return next((path for name in (wanted, *NAMES) if name and (path := shutil.which(name))), None)


def install() -> None:
    """Install Debian's package. Nothing happens, and nothing fails, where that is not possible."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("No Chromium found; installing Debian's package.", file=sys.stderr)
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    for step in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", "-q", *step], check=False, **quiet)


def main(arguments: list[str]) -> int:
    if not find() and "--install" in arguments:
        install()
    path = find()
    print(path or ADVICE, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
