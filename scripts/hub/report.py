"""What is in OUT, counted and named: the end of every run."""

from .errors import HubError, size_text
from .state import State

NAMED = 3  # of each kind, on the terminal; from_hub.txt has all


def found_under(state: State, name: str) -> bool:
    """An image is there under its name or without its first folders, as ecg-lora looks it up."""
    while name:
        if state.one("SELECT 1 FROM images WHERE name = ?", name):
            return True
        name = name.partition("/")[2]
    return False


def deeper_root(state: State, name: str) -> str:
    """The folder below OUT where `name` lies, or ""."""
    row = state.one(
        "SELECT name FROM images WHERE substr(name, -length(?)) = ?", "/" + name, "/" + name
    )
    return row[0][: -len(name) - 1] if row else ""


def missing_images(state: State) -> tuple:
    """(folder below OUT that holds the images, or ""; names that are found nowhere)."""
    query = (
        "SELECT name FROM named WHERE NOT EXISTS "
        "(SELECT 1 FROM images WHERE images.name = named.name) ORDER BY name"
    )
    absent = [name for (name,) in state.db.execute(query) if not found_under(state, name)]
    root = deeper_root(state, absent[0]) if absent else ""
    if root:
        absent = [name for name in absent if not found_under(state, f"{root}/{name}")]
    return root, absent


def has_images(state: State) -> bool:
    """There were some, even if all of them are damaged."""
    return bool(
        state.one("SELECT 1 FROM images")
        or state.one("SELECT 1 FROM notes WHERE kind LIKE 'damaged%'")
    )


def check_images(state: State):
    """Every image is there with its size."""
    for name, size in state.db.execute("SELECT name, size FROM images"):
        path = state.out / name
        found = path.stat().st_size if path.exists() else None
        if found != size:
            raise HubError(
                f"{path}: expected {size:,} bytes, got {found or 'no file'}; remove "
                f"{state.out} and run again"
            )


def table(state: State) -> list:
    """Lines of what was read and written."""
    lines = [
        f"{task}.jsonl: {items:,} items"
        for task, items in state.db.execute("SELECT task, items FROM texts ORDER BY task")
    ]
    count, size = state.one("SELECT count(*), sum(size) FROM images")
    lines.append(f"images: {count:,}, {size_text(size or 0)}")
    named = state.count("SELECT count(*) FROM named")
    unnamed = state.count(
        "SELECT count(*) FROM images WHERE NOT EXISTS "
        "(SELECT 1 FROM named WHERE named.name = images.name)"
    )
    lines.append(f"images that items name: {named:,}; images that no item names: {unnamed:,}")
    return lines


def noted(state: State, missing: list) -> dict:
    """{kind: names} of all that was not as expected."""
    notes = {}
    for kind, what in state.db.execute("SELECT kind, what FROM notes ORDER BY kind, what"):
        notes.setdefault(kind, []).append(what)
    if missing:
        notes["image that an item names, found nowhere"] = missing
    return notes


def write_report(state: State, notes: list) -> int:
    """Prints the report and writes from_hub.txt; the number of missing images.

    Without any image none is missing: the items were downloaded alone.
    """
    check_images(state)
    root, missing = missing_images(state) if has_images(state) else ("", [])
    lines, kinds = table(state) + notes, noted(state, missing)
    if root:
        lines.append(
            f'the images lie below {root}/; set data.image_roots to ["{state.out / root}"]'
        )
    print("\n".join(lines))
    full = list(lines)
    for kind, names in kinds.items():
        print(f"{kind}: {len(names):,}")
        print("".join(f"  {name}\n" for name in names[:NAMED]), end="")
        full += [f"{kind}: {len(names):,}", *(f"  {name}" for name in names)]
    (state.out / "from_hub.txt").write_text("\n".join(full) + "\n", encoding="utf-8")
    return len(missing)
