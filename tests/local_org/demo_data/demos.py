"""Demo data of any options, made when it is asked for."""

from dataclasses import dataclass, field
from datetime import datetime

from app.local_org.demo_data import load
from app.local_org.demo_data.model import DemoData
from app.local_org.demo_data.options import DemoOptions
from app.local_org.schema.model import Schema


@dataclass(frozen=True, slots=True)
class Demos:
    """What a property is given in the place of the schema, whose repr is half a million characters: hypothesis prints
    the arguments of an example that fails, and its warning of so large a one would be all that is seen."""

    schema: Schema = field(repr=False)

    def at(self, now: datetime, seed: int, meetings: int) -> DemoData:
        return load.demo_data(self.schema, DemoOptions(now, seed, meetings))
