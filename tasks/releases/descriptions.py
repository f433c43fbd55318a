"""What a release says of itself to other tools: a Frictionless data package and an mlcommons Croissant file.

Both say the same as the comments in the DuckDB file: tables, columns, types, keys. Frictionless describes the CSV
files (Data Package 1.0, specs.frictionlessdata.io), Croissant the Parquet files (1.0, docs.mlcommons.org/croissant).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tasks.warehouse import Column, Table

FRICTIONLESS, CROISSANT = "datapackage.json", "croissant.json"

NAME = "framework-mentions"
TITLE = "Framework Mentions"
DESCRIPTION = (
    "Which machine-learning framework is used where, since when: counts over the papers of machine-learning "
    "conferences, each with its denominator and interval. Figures only; the documents are not part of it."
)
HOMEPAGE = "https://github.com/framework-mentions/framework-mentions"
LICENSE = {"name": "Apache-2.0", "path": "https://www.apache.org/licenses/LICENSE-2.0", "title": "Apache License 2.0"}
IMPORTED_LICENSE = {
    "name": "CC-BY-SA-4.0",
    "path": "https://creativecommons.org/licenses/by-sa/4.0/",
    "title": "Creative Commons Attribution-ShareAlike 4.0",
}
"""imported_series is derived from Papers with Code's dump, whose licence it keeps."""

TYPES = {
    r"VARCHAR": ("string", "sc:Text"),
    r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?": ("integer", "sc:Integer"),
    r"DOUBLE|FLOAT|DECIMAL.*": ("number", "sc:Float"),
    r"BOOLEAN": ("boolean", "sc:Boolean"),
    r"DATE": ("date", "sc:Date"),
    r"TIMESTAMP.*": ("datetime", "sc:DateTime"),
}
"""DuckDB's types as Frictionless and as Croissant call them."""


def frictionless(tables: Iterable[Table], manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Describe the CSV files of a release as a Frictionless tabular data package."""
    return {
        "profile": "tabular-data-package",
        "name": NAME,
        "title": TITLE,
        "description": DESCRIPTION,
        "homepage": HOMEPAGE,
        "version": manifest["release"],
        "created": manifest["created_at"],
        "licenses": [LICENSE],
        "resources": [_resource(table, manifest["files"][f"{table.name}.csv"]) for table in tables],
    }


def _resource(table: Table, file: Mapping[str, Any]) -> dict[str, Any]:
    own = {"licenses": [IMPORTED_LICENSE]} if table.name == "imported_series" else {}
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "description": table.description,
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file["bytes"],
        "hash": f"sha256:{file['sha256']}",
        **own,
        "schema": {
            "fields": [
                {"name": column.name, "type": _types(column)[0], "description": column.meaning}
                for column in table.columns
            ],
            "missingValues": [""],
        },
    }


def croissant(tables: Iterable[Table], manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Describe the Parquet files of a release in Croissant's JSON-LD."""
    tables = list(tables)
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": NAME,
        "description": DESCRIPTION,
        "url": HOMEPAGE,
        "license": [LICENSE["path"], IMPORTED_LICENSE["path"]],
        "creator": {"@type": "sc:Organization", "name": TITLE, "url": HOMEPAGE},
        "datePublished": manifest["created_at"],
        "version": "{}.{}.{}".format(*_semantic(manifest["release"])),
        "citeAs": f"{TITLE}, release {manifest['release']}, {HOMEPAGE}",
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": f"{table.name}.parquet",
                "name": f"{table.name}.parquet",
                "description": table.description,
                "contentUrl": f"{table.name}.parquet",
                "encodingFormat": "application/x-parquet",
                "contentSize": f"{manifest['files'][f'{table.name}.parquet']['bytes']} B",
                "sha256": manifest["files"][f"{table.name}.parquet"]["sha256"],
            }
            for table in tables
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": table.name,
                "name": table.name,
                "description": table.description,
                "field": [_field(table, column) for column in table.columns],
            }
            for table in tables
        ],
    }


def _field(table: Table, column: Column) -> dict[str, Any]:
    repeated = {"repeated": True} if column.type.endswith("[]") else {}
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": column.meaning,
        "dataType": _types(column)[1],
        **repeated,
        "source": {"fileObject": {"@id": f"{table.name}.parquet"}, "extract": {"column": column.name}},
    }


def _types(column: Column) -> tuple[str, str]:
    """Give a column's type in Frictionless and in Croissant, whose lists are repeated fields."""
    scalar = column.type.removesuffix("[]")
    pair = next((pair for pattern, pair in TYPES.items() if re.fullmatch(pattern, scalar)), ("string", "sc:Text"))
    return ("array", pair[1]) if column.type.endswith("[]") else pair


def _semantic(release: str) -> tuple[int, int, int]:
    """Turn '2026-11-23.2' into 2026.1123.2: Croissant asks for three numbers."""
    day, _, number = release.partition(".")
    year, month, date = map(int, day.split("-"))
    return year, 100 * month + date, int(number or 1)


CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The context that Croissant 1.0 prescribes."""
