"""The month's bulletin, from the records (GX-呼应-18, TA-16)."""


def compose(bulletin, at) -> tuple[str, str, dict]:
    """Title, text and figures of a month."""
    return f"{bulletin.month:%Y年%m月}通报", "", {}
