"""What a screen hands out as a file, for the tests of exports."""

import csv
import io


def exported(client, address: str, **asked) -> list[dict]:
    """The rows of a screen's CSV for software, by the names of its columns."""
    response = client.get(address, {**asked, "export": "csv"})
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))
