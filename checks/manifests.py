"""Holds the look at the manifests: each document is held to the schemas of several versions of Kubernetes, strictly.

python -m checks.manifests

Where `kubectl` or `kustomize` is installed it looks at what they build; else at the files as they stand.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import kubernetes_validate
import yaml

ROOT: Final = Path(__file__).parent.parent / "deploy" / "kubernetes"
BUILT: Final = ("base", "overlays/production")
VERSIONS: Final = ("1.30", "1.34", "1.37")
"""The oldest that knows all of what is used, one between, and the newest whose schemas are at hand."""

Document = dict[str, Any]


def built() -> list[tuple[str, Document]]:
    """Give the documents with where each comes from."""
    for program, words in (("kubectl", ["kubectl", "kustomize"]), ("kustomize", ["kustomize", "build"])):
        if shutil.which(program):
            return [
                (name, one)
                for name in BUILT
                for one in yaml.safe_load_all(subprocess.check_output([*words, ROOT / name], text=True))
            ]
    kustomizations = [*ROOT.rglob("kustomization.yaml")]
    parts = {
        path.parent / patch["path"]
        for path in kustomizations
        for patch in yaml.safe_load(path.read_text()).get("patches", ())
    }
    return [
        (str(path.relative_to(ROOT)), one)
        for path in {*ROOT.rglob("*.yaml")} - {*kustomizations} - parts
        for one in yaml.safe_load_all(path.read_text())
    ]


def main() -> int:
    """Look at all of them."""
    documents = built()
    faults = 0
    for place, one in documents:
        for version in VERSIONS:
            try:
                kubernetes_validate.validate(one, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                faults += 1
                print(f"{place} {one['kind']}/{one['metadata']['name']} ({version}): {error.message}")
    print(f"{len(documents)} documents, {len(VERSIONS)} versions: {faults} faults")
    return 1 if faults or not documents else 0


if __name__ == "__main__":
    sys.exit(main())
