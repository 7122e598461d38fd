"""The load where wrk is not installed: threads that keep their connection; same figures, more CPU of its own.

python -m tests.bench.client ADDRESS SECONDS CONNECTIONS, with BODIES, HEADERS and METHOD in the environment.
"""

import http.client
import itertools
import json
import os
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit


def main(address: str, seconds: float, connections: int) -> None:
    bodies = itertools.cycle(Path(os.environ["BODIES"]).read_text().splitlines() or [""])
    headers = dict(line.split(": ", 1) for line in Path(os.environ["HEADERS"]).read_text().splitlines())
    latencies: list[float] = []
    bad: list[int] = []
    parts, lock, end = urlsplit(address), threading.Lock(), time.monotonic() + seconds

    def run() -> None:
        connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        while time.monotonic() < end:
            with lock:
                body = next(bodies)
            begun = time.perf_counter()
            try:
                connection.request(os.environ["METHOD"], parts.path, body or None, headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status >= 400:
                    bad.append(answer.status)
            except OSError:
                connection.close()
                bad.append(0)
            latencies.append(time.perf_counter() - begun)

    threads = [threading.Thread(target=run) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    latencies.sort()
    told = {"rps": len(latencies) / seconds, "p95_ms": latencies[int(len(latencies) * 0.95)] * 1e3}
    told |= {"non2xx": len([s for s in bad if s]), "sockerr": bad.count(0), "requests": len(latencies)}
    print("JSON", json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
