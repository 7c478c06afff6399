import asyncio


def collect(item, seen=[]):
    seen.append(item)
    return seen


async def main() -> None:
    async with asyncio.TaskGroup() as tg:
        tg.create_task(asyncio.sleep(0))


import tempfile

tempfile.mktemp()
