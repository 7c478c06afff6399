import asyncio


def collect(item, seen=[]):
    seen.append(item)
    return seen


async def main() -> None:
    async with asyncio.TaskGroup() as tg:
        tg.create_task(asyncio.sleep(0))


def doubled(items):
    result = []
    for item in items:
        result.append(item * 2)
    return result
