"""The application: a caller's worker and a desk's. Runs until its standard input ends.

    worker.py --address HOST:PORT
"""

import argparse
import asyncio
import sys

from temporalio.client import Client
from temporalio.worker import Worker

from contract import CALLERS, DESKS, LANGUAGE
from desk import Desk
from workflows import (
    CallWorkflow,
    PersistWorkflow,
    RelayWorkflow,
    RestWorkflow,
    SharedWorkflow,
    StandaloneWorkflow,
    WorkWorkflow,
    alone,
    attempt,
)


async def main(address: str) -> None:
    caller = Worker(
        await Client.connect(address, namespace=CALLERS),
        task_queue=LANGUAGE,
        workflows=[CallWorkflow, RestWorkflow, PersistWorkflow, StandaloneWorkflow],
        activities=[attempt, alone],
    )
    handler = Worker(
        await Client.connect(address, namespace=DESKS),
        task_queue=LANGUAGE,
        workflows=[WorkWorkflow, SharedWorkflow, RelayWorkflow],
        nexus_service_handlers=[Desk()],
    )
    async with caller, handler:
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--address", default="localhost:7233")
    asyncio.run(main(parser.parse_args().address))
