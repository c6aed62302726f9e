"""Forks a server for each port that it reads, and writes its process id. Ends with its input, as do all of them."""

import gc
import os
import signal
import sys

from app.cli.serve import serve


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are not waited for: they are gone at once
    gc.freeze()
    for line in iter(sys.stdin.readline, ""):
        port = line.strip()
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.environ["BOOKIT_MCP_PORT"] = port
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            serve.main([], standalone_mode=False)
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
