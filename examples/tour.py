"""A morning at a small bakery, for the margin to comment on."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

SLIPS = """\
Ada bread 2 crusty
Ben cake
Cleo bread 1 seeded sliced
(rain)
"""


class Kind(StrEnum):
    BREAD = "bread"
    CAKE = "cake"


@dataclass(frozen=True, slots=True)
class Order:
    name: str
    kind: Kind
    count: int = 1
    wishes: list[str] = field(default_factory=list)


def read(slip: str) -> Order | None:
    match slip.split():
        case [name, ("bread" | "cake") as kind]:
            return Order(name, Kind(kind))
        case [name, kind, n, *wishes] if n.isdigit():
            return Order(name, Kind(kind), int(n), wishes)
        case _:
            return None


def remember(order, book=[]):
    book.append(order)
    return book


@cache
def minutes(kind: Kind) -> int:
    return 5 if kind is Kind.CAKE else 3


async def bake(order: Order) -> str:
    seconds = minutes(order.kind) / 1000
    async with asyncio.timeout(60):
        await asyncio.sleep(seconds)
    wishes = ", ".join(order.wishes) or "plain"
    return f"{order.name}: {order.count} x {wishes}"


async def bake_all(orders: list[Order]) -> list[str]:
    async with asyncio.TaskGroup() as oven:
        jobs = [oven.create_task(bake(o)) for o in orders]
    return [job.result() for job in jobs]


def main() -> None:
    with TemporaryDirectory() as folder:
        spike = Path(folder) / "slips.txt"
        spike.write_text(SLIPS, encoding="utf-8")
        slips = spike.read_text(encoding="utf-8")
    found = (read(slip) for slip in slips.splitlines())
    orders = [order for order in found if order]
    print(*asyncio.run(bake_all(orders)), sep="\n")
    for order in orders:
        book = remember(order)
    sold = Counter(str(order.kind) for order in book)
    print("sold:", dict(sold.most_common()))


if __name__ == "__main__":
    main()
