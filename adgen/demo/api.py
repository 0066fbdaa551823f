"""The page's functions over HTTP, for callers without a page; docs/demo.md shows how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from adgen.demo.messages import in_page_words
from adgen.demo.service import Service
from adgen.demo.write_tab import QUEUE


def add_api(gr: Any, service: Service) -> None:
    """Adds the functions to the page that is being put together."""

    def write_product(request: dict[str, Any]) -> dict[str, Any]:
        """Writes ads of a product."""
        return _last(gr, service.write_product(request))

    def write_prompt(request: dict[str, Any]) -> dict[str, Any]:
        """Writes ads that begin with first words."""
        return _last(gr, service.write_prompt(request))

    def explain(request: dict[str, Any]) -> dict[str, Any]:
        """Writes an ad, and says what its model chose from at each word."""
        try:
            ad = service.explain(request)
        except ValueError as error:
            raise gr.Error(in_page_words(str(error))) from None
        return {"text": ad.text, "steps": [asdict(step) for step in ad.steps]}

    for function in (write_product, write_prompt, explain):
        gr.api(
            function,
            api_name=function.__name__,
            api_description=function.__doc__,
            concurrency_id=QUEUE,
            concurrency_limit=1,
        )


def _last(gr: Any, states: Iterator[Any]) -> dict[str, Any]:
    """Returns the last state of a request; what is wrong with it as an error that callers read."""
    try:
        *_, state = states
    except ValueError as error:
        raise gr.Error(in_page_words(str(error))) from None
    return dict(state.as_dict())
