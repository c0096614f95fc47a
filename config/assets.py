"""Static files as they are served: one style sheet, hashed names for every file and module, compressed once."""

import re
from pathlib import Path

from whitenoise.storage import CompressedManifestStaticFilesStorage

ENTRY = "css/app.css"
IMPORT = re.compile(r'@import url\("([^"]+)"\);\n')


class AssetStorage(CompressedManifestStaticFilesStorage):
    """Besides hashing and compressing, rewrites module imports and puts the files that css/app.css imports in its place."""

    support_js_module_import_aggregation = True

    def post_process(self, paths, dry_run=False, **options):
        """As Django's; the joined style sheet is written anew from its sources each time, so that it never lags behind them."""
        if not dry_run and ENTRY in paths:
            Path(self.path(ENTRY)).write_text(self._joined(paths), encoding="utf-8")
            paths = {**paths, ENTRY: (self, ENTRY)}
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _joined(self, paths) -> str:
        return IMPORT.sub(lambda found: self._source(paths, f"css/{found[1]}"), self._source(paths, ENTRY))

    def _source(self, paths, name: str) -> str:
        storage, path = paths[name]
        with storage.open(path) as source:
            return source.read().decode()
