"""Rows of a parquet file as items and pictures, a few at a time."""

from pathlib import PurePosixPath

from .archives import safe_name
from .errors import HubError
from .images import kind_of
from .items import TALKS

ROWS = 4  # held at once
IMAGES = ("image", "images")


def library():
    """pyarrow.parquet, which only these files need."""
    try:
        import pyarrow.parquet
    except ImportError as missing:
        raise HubError(
            "expected the package pyarrow, to read parquet files, got none; run "
            "'pip install pyarrow'",
            2,
        ) from missing
    return pyarrow.parquet


def open_file(path, where: str):
    """The file, once its columns are known to be readable."""
    try:
        file = library().ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)
    except (OSError, ValueError) as fault:  # pyarrow's errors are kinds of these
        raise HubError(
            f"{where}: expected a whole parquet file, got: {fault}; download it again"
        ) from fault
    columns = file.schema_arrow.names
    if not any(name in columns for name in TALKS):
        raise HubError(
            f"{where}: expected a column {' or '.join(TALKS)}, and image, images or "
            f"image_path, got the columns {', '.join(columns)}"
        )
    return file


def memory(file) -> int:
    """Bytes that reading needs at most, about: a row group packed, unpacked and as rows."""
    groups = [file.metadata.row_group(i).total_byte_size for i in range(file.num_row_groups)]
    return 4 * max(groups, default=0)


def picture_of(value, where: str):
    """(bytes or None, name or None) of a cell: {bytes, path}, a name, or bytes."""
    if isinstance(value, dict) and value.keys() <= {"bytes", "path"}:
        return value.get("bytes"), value.get("path")
    if isinstance(value, str):
        return None, value
    if isinstance(value, bytes):
        return value, None
    raise HubError(
        f"{where}: expected an image as {{bytes, path}}, a name or bytes, got {str(value)[:80]}"
    )


def names_of(row: dict, count: int):
    """What image_path says about `count` pictures; None for each if it says nothing."""
    paths = row.get("image_path")
    paths = paths if isinstance(paths, list) else [paths]
    return paths if len(paths) == count else [None] * count


def split_row(row: dict, stem: str, where: str):
    """(source item with names in place of pictures, {name: bytes}). `stem` names the nameless."""
    key = next((key for key in IMAGES if row.get(key) is not None), None)
    cells = row.get(key) if key else row.get("image_path")
    many = isinstance(cells, list)
    cells = [] if cells is None else cells if many else [cells]
    names, pictures = [], {}
    for number, (cell, path) in enumerate(zip(cells, names_of(row, len(cells)))):
        data, own = picture_of(cell, where)
        name = path or own
        if name is None:
            kind = kind_of(data or b"")
            name = f"{stem}-{number}{kind[0] if kind else '.png'}"
        names.append(safe_name(name, where))
        if data is not None:
            pictures[names[-1]] = data
    item = {}
    for column, value in row.items():
        if column in (*IMAGES, "image_path"):
            if names:
                item["images" if many else "image"] = names if many else names[0]
        elif value is not None and not isinstance(value, bytes):
            item[column] = value
    return item, pictures


def rename(item: dict, names: dict):
    """Puts new names in place of the item's old ones."""
    for key in IMAGES:
        if isinstance(item.get(key), list):
            item[key] = [names.get(name, name) for name in item[key]]
        elif key in item:
            item[key] = names.get(item[key], item[key])


def rows(file, task: str, where: str, start: int):
    """(row's number, source item, pictures) from row `start` on; row group by row group."""
    number = 0
    for group in range(file.num_row_groups):
        size = file.metadata.row_group(group).num_rows
        if number + size <= start:
            number += size
            continue
        for batch in file.iter_batches(ROWS, row_groups=[group]):
            if number + batch.num_rows > start:
                for place, row in enumerate(batch.to_pylist(), number):
                    if place >= start:
                        stem = str(PurePosixPath(task) / f"{place:07d}")
                        yield place, *split_row(row, stem, f"{where}: row {place:,}")
            number += batch.num_rows
