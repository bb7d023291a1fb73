"""Landing: the files of any CRM to canonical, typed Parquet in the lake. Nothing outside knows a CRM."""

from orchestration.extracts.errors import ExtractError
from orchestration.extracts.lake import commit_extracts
from orchestration.extracts.manifest import LakeManifest, LandedExtract, read_manifest
from orchestration.extracts.staged_extracts import StagedExtract
from orchestration.extracts.staging import stage_extracts

__all__ = [
    "ExtractError",
    "LakeManifest",
    "LandedExtract",
    "StagedExtract",
    "commit_extracts",
    "read_manifest",
    "stage_extracts",
]
