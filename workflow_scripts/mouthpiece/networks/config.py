"""What the configs of published networks have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Size = Annotated[int, Field(ge=1, le=8192)]


class NetworkConfig(BaseModel):
    """The keys of a published `config.json` that say how large a network is; others are left."""

    model_config = ConfigDict(frozen=True, extra="ignore")
