"""Fetch the browser libraries we serve ourselves, at the versions below, through npm.

    python tools/vendor.py

Run it after raising a version, look at the difference, commit. Nothing else in the project needs npm.
Source map references are cut off: the maps are not served, and Django's manifest storage would look for them.
"""

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE_MAP = re.compile(rb"\s*(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S+)\s*$")


@dataclass(frozen=True)
class Library:
    """One npm package: what we take from it, and into which folder."""

    package: str
    version: str
    folder: str
    files: tuple[str, ...]


LIBRARIES = (
    Library("bootstrap", "5.3.9", "static/vendor/bootstrap", ("dist/css/bootstrap.min.css",)),
    Library("htmx.org", "2.0.11", "static/vendor/htmx", ("dist/htmx.min.js",)),
    # the plotly.js that plotly.py of requirements-dev.txt bundles; basic is scatter, bar and pie
    Library("plotly.js-basic-dist-min", "4.1.1", "static/vendor/plotly", ("plotly-basic.min.js",)),
    # for the browser tests only, never served
    Library("axe-core", "4.14.1", "tests/browser/vendor/axe-core", ("axe.min.js",)),
)


def fetch(library: Library, workdir: Path) -> None:
    """Replace the library's folder by the wanted files, LICENSE and VERSION of its package."""
    spec = f"{library.package}@{library.version}"
    packed = subprocess.run(
        ["npm", "pack", "--silent", spec], cwd=workdir, check=True, stdout=subprocess.PIPE, text=True
    )
    folder = ROOT / library.folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tarfile.open(workdir / packed.stdout.strip().splitlines()[-1]) as archive:
        for name in (*library.files, "LICENSE"):
            content = archive.extractfile(f"package/{name}").read()
            (folder / Path(name).name).write_bytes(SOURCE_MAP.sub(b"\n", content))
    (folder / "VERSION").write_text(f"{library.package} {library.version}\n")
    print(f"{library.folder}: {spec}")


def main() -> int:
    if not shutil.which("npm"):
        print("npm is needed to fetch the browser libraries; it comes with Node.js.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as workdir:
        for library in LIBRARIES:
            fetch(library, Path(workdir))
    return 0


if __name__ == "__main__":
    sys.exit(main())
