"""Hashed static files, the imports between our script modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class PortalStaticStorage(CompressedManifestStaticFilesStorage):
    """Rewrites ``import … from "./x.js"`` too: after an upgrade no browser mixes old and new modules."""

    support_js_module_import_aggregation = True
