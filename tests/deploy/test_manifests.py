"""The manifests: whole, bound, fit for each other and for the service. Schemas are for `make check` to hold."""

import json
import re
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.types import ASGIApp

from api import VERSION
from api.cli import _parser
from api.main import LONGEST_STOP
from api.settings import PREFIX, ROOT, Settings
from tests.deploy.fronting import OF_BODIES, SHIPPED
from tests.face.calling import call

Json = Any
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
FROM_OUTSIDE = {"sleep-guidance-trusted-keys", "sleep-guidance-partners"}
"""What whoever runs the service brings: the keys that they trust, and their partners."""


class Strict(yaml.SafeLoader):  # type: ignore[misc]  # it comes without types
    """Refuses a key that stands twice in one mapping, of which YAML would keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Json]:  # noqa: FBT001, FBT002 -- the name that it overrides
        self.flatten_mapping(node)
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        assert len(set(keys)) == len(keys), (node.start_mark, keys)
        mapping: dict[Hashable, Json] = super().construct_mapping(node, deep=deep)
        return mapping


def read(path: Path) -> list[Json]:
    return list(yaml.load_all(path.read_text(), Strict))


FILES = sorted(KUBERNETES.rglob("*.yaml"))
KUSTOMIZATIONS = [*KUBERNETES.rglob("kustomization.yaml"), DEPLOY / "front" / "kustomization.yaml"]
PATCHES = {path.parent / one["path"] for path in KUSTOMIZATIONS for one in read(path)[0].get("patches", ())}
WHOLE = [one for path in FILES if path not in {*KUSTOMIZATIONS, *PATCHES} for one in read(path)]
PARTS = [one for path in PATCHES for one in read(path) if isinstance(one, dict)]
COMPOSE: Json = read(DEPLOY / "compose.yaml")[0]


def of_kind(kind: str) -> list[Json]:
    return [one for one in WHOLE if one["kind"] == kind]


def pods() -> Iterator[tuple[str, Json]]:
    for one in of_kind("Deployment"):
        yield one["metadata"]["name"], one["spec"]["template"]


def containers() -> Iterator[tuple[str, Json]]:
    """Every container that is described whole, in a deployment or in a part of one."""
    for one in [*of_kind("Deployment"), *(part for part in PARTS if part["kind"] == "Deployment")]:
        spec = one["spec"]["template"]["spec"]
        for container in [*spec.get("initContainers", ()), *spec["containers"]]:
            if "image" in container:
                yield f"{one['metadata']['name']}/{container['name']}", container


def labels_of(component: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": "sleep-guidance", "app.kubernetes.io/component": component}


def generated() -> dict[str, dict[str, str]]:
    """The ConfigMaps that kustomizations make, with all that is ever put into each."""
    found: dict[str, dict[str, str]] = {}
    for path in KUSTOMIZATIONS:
        for one in read(path)[0].get("configMapGenerator", ()):
            values = found.setdefault(one["name"], {})
            values |= dict(literal.split("=", 1) for literal in one.get("literals", ()))
            values |= {name: (path.parent / name).read_text() for name in one.get("files", ())}
    return found


def test_every_file_is_used_and_everything_used_is_there() -> None:
    used: set[Path] = set()
    for path in KUSTOMIZATIONS:
        one = read(path)[0]
        for name in [*one.get("resources", ()), *one.get("components", ())]:
            target = (path.parent / name).resolve()
            assert target.exists(), (path, name)
            used.add(target / "kustomization.yaml" if target.is_dir() else target)
    tops = {KUBERNETES / "overlays" / "production" / "kustomization.yaml"}
    assert {path.resolve() for path in FILES} - used - PATCHES == {path.resolve() for path in tops}


@pytest.mark.parametrize(("name", "container"), [*containers()])
def test_every_container_is_bound(name: str, container: Json) -> None:
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }, name  # fmt: skip
    for what in ("requests", "limits"):
        assert container["resources"][what].keys() == {"cpu", "memory", "ephemeral-storage"}, name


@pytest.mark.parametrize(("name", "pod"), [*pods()])
def test_every_pod_runs_as_nobody_and_holds_no_token(name: str, pod: Json) -> None:
    spec = pod["spec"]
    context = spec["securityContext"]
    assert context["runAsNonRoot"] is True
    assert context["runAsUser"] > 0
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}, name
    assert spec["automountServiceAccountToken"] is False
    assert spec["serviceAccountName"] == of_kind("ServiceAccount")[0]["metadata"]["name"]
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= spec["containers"][0].keys()
    assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys()
    for volume in spec.get("volumes", ()):
        assert "hostPath" not in volume


def test_every_probe_asks_an_address_that_the_service_has(small_app: ASGIApp) -> None:
    asked = set()
    for _, container in containers():
        ports = {port["name"] for port in container.get("ports", ())}
        for name in ("startupProbe", "readinessProbe", "livenessProbe"):
            probe = container.get(name, {})
            if "httpGet" in probe:
                asked.add(probe["httpGet"]["path"])
                assert probe["httpGet"]["port"] in ports
    assert asked == {"/readyz", "/healthz"}
    for path in asked:
        assert call(small_app, "GET", path).status_code == 200


def test_a_stop_has_time_enough_and_a_roll_leaves_a_replica_to_turn_to() -> None:
    fail_timeout = int(re.findall(r"fail_timeout=(\d+)s", (DEPLOY / "front" / "upstreams.conf").read_text())[0])
    for name in ("sleep-guidance", "sleep-guidance-front"):
        (one,) = (one for one in of_kind("Deployment") if one["metadata"]["name"] == name)
        spec = one["spec"]
        assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
        assert spec["minReadySeconds"] > fail_timeout + 1, "nginx counts in whole seconds"
        command = " ".join(spec["template"]["spec"]["containers"][0]["lifecycle"]["preStop"]["exec"]["command"])
        slept = sum(map(int, re.findall(r"sleep (\d+)", command)))
        longest = LONGEST_STOP if name == "sleep-guidance" else 10
        assert 5 <= slept < spec["template"]["spec"]["terminationGracePeriodSeconds"] - longest
    assert int(COMPOSE["services"]["service"]["stop_grace_period"].removesuffix("s")) > LONGEST_STOP


def test_what_selects_selects_something() -> None:
    templates = [pod["metadata"]["labels"] for _, pod in pods()]
    assert templates == [labels_of(name) for name in ("service", "front", "redis")]
    selectors = [one["spec"]["selector"] for one in of_kind("Service")]
    selectors += [
        one["spec"]["selector"]["matchLabels"]
        for kind in ("Deployment", "PodDisruptionBudget")
        for one in of_kind(kind)
    ]
    selectors += [one["spec"]["podSelector"]["matchLabels"] for one in of_kind("NetworkPolicy")]
    assert all(selector in templates for selector in selectors)
    for one in of_kind("HorizontalPodAutoscaler"):
        assert one["spec"]["scaleTargetRef"]["name"] in {
            deployment["metadata"]["name"] for deployment in of_kind("Deployment")
        }
        assert one["spec"]["minReplicas"] >= 2
    scaled = {one["spec"]["scaleTargetRef"]["name"] for one in of_kind("HorizontalPodAutoscaler")}
    assert all("replicas" not in one["spec"] for one in of_kind("Deployment") if one["metadata"]["name"] in scaled)


def test_every_pod_has_its_network_policy_and_every_port_in_one_exists() -> None:
    ports = {
        port[key]
        for _, pod in pods()
        for container in pod["spec"]["containers"]
        for port in container["ports"]
        for key in ("name", "containerPort")
    } | {53, 443}
    policies = [*of_kind("NetworkPolicy"), *(part for part in PARTS if part["kind"] == "NetworkPolicy")]
    assert len(of_kind("NetworkPolicy")) == len(of_kind("Deployment"))
    for policy in of_kind("NetworkPolicy"):
        assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]
        assert all(rule["from"] for rule in policy["spec"]["ingress"]), "nobody is let in by leaving out who"
    for policy in policies:
        for rule in [*policy["spec"].get("ingress", ()), *policy["spec"].get("egress", ())]:
            assert {port["port"] for port in rule["ports"]} <= ports
    for service in of_kind("Service"):
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports


def test_one_image_of_this_version_runs_everywhere() -> None:
    tags = {
        (one["name"], one.get("newName", ""), str(one["newTag"]))
        for path in KUSTOMIZATIONS
        for one in read(path)[0].get("images", ())
    }
    assert {tag for name, _, tag in tags if name == "sleep-guidance"} == {VERSION}
    compose = {service["image"] for service in COMPOSE["services"].values()}
    assert {f"{new or name}:{tag}" for name, new, tag in tags} == compose
    names = {container["image"] for _, container in containers()}
    assert names == {name for name, _, _ in tags}
    assert "latest" not in " ".join(compose)


def test_every_configuration_that_is_named_is_made() -> None:
    made = generated()
    named: set[str] = set()
    for one in [*of_kind("Deployment"), *(part for part in PARTS if part["kind"] == "Deployment")]:
        named |= set(
            re.findall(r'"(?:configMapRef|configMap|configMapKeyRef)": {[^}]*"name": "([^"]+)"', json.dumps(one))
        )
        named |= set(re.findall(r'"secretName": "([^"]+)"', json.dumps(one)))
    assert named - FROM_OUTSIDE == made.keys()
    assert made["sleep-guidance-front"]["nginx.conf"] == SHIPPED.read_text()


def test_every_setting_is_one_and_has_a_value_that_is_taken() -> None:
    composed = {
        name: re.sub(r"\${\w+:-(.*)}", r"\1", value)
        for name, value in COMPOSE["services"]["service"]["environment"].items()
        if value is not None
    }
    for given in (generated()["sleep-guidance"], composed):
        settings = Settings(**{name.removeprefix(PREFIX).lower(): value for name, value in given.items()})  # type: ignore[arg-type]
        assert len(given) > 3
        assert settings.host == "0.0.0.0"  # noqa: S104 -- in a container, of which only the port is reached
        assert settings.trusted_proxies, "else all who call through the front are one caller, with one quota"
    (inside,) = COMPOSE["networks"]["inside"]["ipam"]["config"]
    assert composed[f"{PREFIX}TRUSTED_PROXIES"] == inside["subnet"]
    proxies = generated()["sleep-guidance"][f"{PREFIX}TRUSTED_PROXIES"].split(",")
    believed = (KUBERNETES / "components" / "front" / "upstreams.conf").read_text()
    assert re.findall("set_real_ip_from (.*);", believed) == proxies


def test_every_command_is_one_of_ours_and_rightly_said() -> None:
    said = [container["args"] for _, container in containers() if "args" in container]
    said += [one["command"] for one in COMPOSE["services"].values() if one["image"].startswith("sleep-guidance:")]
    parsed = [
        _parser().parse_args([re.sub(r"\$[({].*[)}]", "https://upstream.example/", word) for word in one])
        for one in said
    ]
    assert sorted(one.command for one in parsed) == ["mirror", "mirror", "mirror", "serve", "serve"]
    assert {str(one.mirror) for one in parsed if one.command == "mirror"} == {"/content"}
    assert {str(one.trusted_keys) for one in parsed if one.command == "mirror"} == {"/keys/keys.json"}


def test_a_volume_is_mounted_where_a_setting_looks() -> None:
    settings = generated()["sleep-guidance"]
    mounts = {
        mount["mountPath"]
        for part in PARTS
        if part["kind"] == "Deployment"
        for container in part["spec"]["template"]["spec"]["containers"]
        for mount in container["volumeMounts"]
    }
    for name in ("RELEASES", "PARTNER_KEYS", "TRUSTED_KEYS"):
        assert str(Path(settings[PREFIX + name]).parent) in mounts
    for one in [*of_kind("Deployment"), *(part for part in PARTS if part["kind"] == "Deployment")]:
        spec = one["spec"]["template"]["spec"]
        names = {volume["name"] for volume in spec.get("volumes", ())}
        for container in [*spec.get("initContainers", ()), *spec["containers"]]:
            assert {mount["name"] for mount in container.get("volumeMounts", ())} <= names


def test_both_fronts_differ_in_the_names_of_the_replicas_alone() -> None:
    shapes = [
        re.sub(r"(#.*\n|(set_)?real_ip\S* .*\n|resolver \S+|server \S+( resolve)?)", "", path.read_text())
        for path in (DEPLOY / "front" / "upstreams.conf", KUBERNETES / "components" / "front" / "upstreams.conf")
    ]
    assert shapes[0] == shapes[1]
    (front,) = (pod for name, pod in pods() if name == "sleep-guidance-front")
    (port,) = front["spec"]["containers"][0]["ports"]
    assert f"listen {port['containerPort']};" in SHIPPED.read_text()
    (beside,) = front["spec"]["initContainers"]
    assert beside["restartPolicy"] == "Always", "it starts before nginx, runs beside it and ends after it"
    assert f"bind :{beside['ports'][0]['containerPort']}" in OF_BODIES.read_text()
    for upstreams, replicas in (
        (DEPLOY / "front" / "upstreams.conf", COMPOSE["services"]["bodies"]["environment"]["REPLICAS"]),
        (KUBERNETES / "components" / "front" / "upstreams.conf", beside["env"][0]["value"]),
    ):
        assert upstreams.read_text().count(f"server {replicas} resolve") == 3
    mounts = {mount["mountPath"] for mount in front["spec"]["containers"][0]["volumeMounts"]}
    assert {"/tmp", "/var/cache/nginx", "/etc/front"} == mounts  # noqa: S108


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_every_composed_service_is_bound(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].split(":")[0]) > 0
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}
    for volume in service.get("volumes", ()):
        source = volume.split(":")[0]
        assert source in COMPOSE["volumes"] or source == "./trusted" or (DEPLOY / source).exists()
    assert set(service["networks"]) <= COMPOSE["networks"].keys()
    assert "ports" not in service or name == "front"


def test_the_image_holds_the_packages_that_the_manifests_need_at_the_versions_that_are_tested() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^([A-Za-z0-9._-]+==\S+)", (ROOT / name).read_text(), re.MULTILINE))

    image = pins("requirements-image.lock")
    assert pins("requirements.lock") <= image <= pins("requirements-test.lock")
    assert {"redis", "opentelemetry-sdk"} <= {pin.split("==")[0] for pin in image}
    assert "requirements-image.lock" in (ROOT / "Dockerfile").read_text()
