"""What the engine refuses. It knows no tool contract: bookit/ turns this into one."""


class TimeError(ValueError):
    """A time, a zone or a period that has no meaning: what is wrong (message) and what to write instead (hint)."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class HoursError(ValueError):
    """Weekly working hours that cannot be read. The message names what is wrong with them."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
