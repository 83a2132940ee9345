"""Print the path of a Chromium for the browser tests and screenshots.

    python tools/chromium.py [--install]

CHROMIUM=/path/to/chromium is taken first. With --install, root on Debian gets the system package where
there is none, and its headless shell; anybody else is told what to install.
"""

import os
import shutil
import subprocess
import sys

SHELL = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
ADVICE = (
    "No Chromium found, and the browser tests need one. On Debian run 'apt-get install chromium' as root; "
    "elsewhere install Chromium or Chrome and set CHROMIUM=/path/to/it."
)


def find() -> str | None:
    """The path of a Chromium that this machine has, or None."""
    wanted = os.environ.get("CHROMIUM")
    return next((path for name in (wanted, *NAMES) if name and (path := shutil.which(name))), None)


def find_shell() -> str | None:
    """The same without windows, which draws the same pages with less work, where Debian's is installed."""
    found, shell = find(), shutil.which(SHELL)
    return shell if shell and found == shutil.which("chromium") else found


def install() -> None:
    """Install Debian's packages. Nothing happens, and nothing fails, where that is not possible."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    if not find():
        print("No Chromium found; installing Debian's package.", file=sys.stderr)
        apt_get("update")
        apt_get(*INSTALL, "chromium")
    if shutil.which("chromium") and not shutil.which(SHELL):
        # The browser tests do without it, in more time.
        apt_get(*ONE_TRY, *INSTALL, SHELL, stderr=subprocess.DEVNULL)


INSTALL = ("install", "-y", "--no-install-recommends")
ONE_TRY = ("-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10")


def apt_get(*step: str, stderr=None) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(
        ["apt-get", "-q", *step], check=False, stdout=subprocess.DEVNULL, stderr=stderr, env=environment
    )


def main(arguments: list[str]) -> int:
    if "--install" in arguments:
        install()
    path = find()
    print(path or ADVICE, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
