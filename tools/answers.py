"""Exit with 0 if a web address answers without an error: the health check of the web container.

    python tools/answers.py http://127.0.0.1:8000/healthz

A redirect counts as an answer: a server that insists on HTTPS sends one to everybody who asks by HTTP.
The question names the first of ALLOWED_HOSTS, because Django answers to no other name.
"""

import http.client
import os
import sys
from urllib.parse import urlsplit


def main(address: str) -> int:
    url = urlsplit(address)
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].lstrip(".*") or "localhost"
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=4)
    try:
        connection.request("GET", url.path or "/", headers={"Host": host})
        return 0 if connection.getresponse().status < 400 else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
