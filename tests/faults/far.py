"""Makes the faults of the matrix that take a network of their own: namespaces joined in a line."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from probes.result import Result
from tests.faults.ground import KINDS, Ground
from tests.probes.asking import ask
from tests.servers.netns import Network, line


@dataclass(frozen=True)
class Far:
    """A probe that is asked inside of the network."""

    network: Network
    probe: object

    async def asked(self, timeout: float) -> Result:
        """Attempt once, near the beginning of the line."""
        return await asyncio.to_thread(self.network.run, partial(ask, self.probe, timeout=timeout))


@dataclass(frozen=True)
class OnTheWay:
    """Lets this happen to whatever comes to the host that is pinged."""

    happens: Callable[[Network], None]
    options: Mapping[str, str] = field(default_factory=dict)

    @asynccontextmanager
    async def __call__(self, _ground: Ground) -> AsyncIterator[object]:
        """Give the probe that meets it."""
        with line(routers=0) as network:
            self.happens(network)
            yield Far(network, KINDS["icmp"].validate_python({"host": network.far4, **self.options}))
