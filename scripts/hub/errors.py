"""Errors of from_hub.py: "what; expected X, got Y; do Z", with the program's exit code."""


class HubError(Exception):
    """`code`: 2 usage, 3 data (the codes of ecg-lora)."""

    def __init__(self, text: str, code: int = 3):
        super().__init__(text)
        self.code = code


def size_text(size: float) -> str:
    """Bytes as people write them: 39.6 GB."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} B" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def time_text(seconds: float) -> str:
    """Seconds as people write them: 3 h 20 min."""
    minutes = int(seconds) // 60
    if minutes < 1:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
