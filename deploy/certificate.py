"""Write a new certificate and its key for scheduler, workers and servers: `python deploy/certificate.py [folder]`.

One certificate for all of them, which each also takes as the authority: whoever has the key may train, and run code.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from distributed.security import Security


def main(folder: Path) -> None:
    """Write cert.pem and key.pem into a folder; refuses to overwrite what is there."""
    made = Security.temporary()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, text in (("cert.pem", made.tls_client_cert), ("key.pem", made.tls_client_key)):
        assert isinstance(text, str)  # noqa: S101 - the text itself, not the name of a file
        with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        print(folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("secret"))
