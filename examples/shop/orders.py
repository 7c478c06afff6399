"""Code of the team whose handbook is beside it."""

import requests
import shop_http


def stock(article: str) -> int:
    return int(requests.get(f"https://stock.example.org/{article}", timeout=1).text)


def price(article: str, order: int) -> str:
    return shop_http.client().get(f"https://prices.example.org/{article}", order=order)
