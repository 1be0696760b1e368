"""Settings: read from the environment, each documented, bad values refused with a line that says which and why."""

import pytest

from api.settings import PREFIX, ROOT, Settings, SettingsRefused, read_settings


def refused(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    for name, value in variables.items():
        monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsRefused) as error:
        read_settings()
    return str(error.value)


def test_without_an_environment_the_shipped_releases_are_served_on_port_8000() -> None:
    settings = read_settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.releases == ROOT / "data" / "releases"


def test_origins_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}CORS_ORIGINS", "https://a.example, http://b.example:8080,*")
    assert read_settings().cors_origins == ("https://a.example", "http://b.example:8080", "*")
    assert Settings(cors_origins=("*",)).cors_origins == ("*",)


def test_hosts_and_proxies_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}HOSTS", "api.example.org, [::1]")
    monkeypatch.setenv(f"{PREFIX}TRUSTED_PROXIES", "10.0.0.0/8,192.0.2.1, ::1")
    monkeypatch.setenv(f"{PREFIX}SECURITY_CONTACT", "https://example.org/security")
    settings = read_settings()
    assert settings.hosts == ("api.example.org", "[::1]")
    assert settings.trusted_proxies == ("10.0.0.0/8", "192.0.2.1", "::1")
    assert settings.security_contact == "https://example.org/security"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "many", "SLEEP_GUIDANCE_PORT: Input should be a valid integer"),
        ("PORT", "70000", "SLEEP_GUIDANCE_PORT: Input should be less than or equal to 65535"),
        ("LOG", "loud", "SLEEP_GUIDANCE_LOG: Input should be 'json' or 'off'"),
        ("CORS_ORIGINS", "example.org", "SLEEP_GUIDANCE_CORS_ORIGINS: Value error, each origin must be like"),
        (
            "CORS_ORIGINS",
            "https://a.example/path",
            "SLEEP_GUIDANCE_CORS_ORIGINS: Value error, each origin must be like",
        ),
        ("HOSTS", "https://a.example", "SLEEP_GUIDANCE_HOSTS: Value error, each host must be a name like"),
        ("HOSTS", "a.example:80", "SLEEP_GUIDANCE_HOSTS: Value error, each host must be a name like"),
        ("TRUSTED_PROXIES", "*", "SLEEP_GUIDANCE_TRUSTED_PROXIES: Value error, '*' does not appear to be"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", "SLEEP_GUIDANCE_TRUSTED_PROXIES: Value error, 10.0.0.1/8 has host bits set"),
        ("SECURITY_CONTACT", "us", "SLEEP_GUIDANCE_SECURITY_CONTACT: Value error, it must be a URI that begins"),
        ("WORKERS", "0", "SLEEP_GUIDANCE_WORKERS: Input should be greater than or equal to 1"),
        ("QUOTA_READS", "many", "SLEEP_GUIDANCE_QUOTA_READS: Value error, it must be off or like 600/minute"),
        ("QUOTA_CHECKS", "0/minute", "SLEEP_GUIDANCE_QUOTA_CHECKS: Value error, it must be off or like 600/minute"),
        ("QUOTA_PARTNERS", "9/day", "SLEEP_GUIDANCE_QUOTA_PARTNERS: Value error, it must be off or like 600/minute"),
        (
            "QUOTA_STORAGE",
            "memcached://a",
            "SLEEP_GUIDANCE_QUOTA_STORAGE: Value error, it must be memory or like redis",
        ),
        ("METRICS", "9090", "SLEEP_GUIDANCE_METRICS: Value error, it must be on, off or HOST:PORT"),
        ("METRICS", "127.0.0.1:0", "SLEEP_GUIDANCE_METRICS: Value error, it must be on, off or HOST:PORT"),
        ("TRACES", "127.0.0.1:4318", "SLEEP_GUIDANCE_TRACES: Value error, it must be off or like http"),
        ("PROT", "9000", "SLEEP_GUIDANCE_PROT: there is no such setting. The settings are"),
    ],
)
def test_a_bad_setting_is_refused_with_its_name_and_the_reason(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    assert says in refused(monkeypatch, **{name: value})


def test_every_setting_is_documented_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    schema = Settings.model_json_schema()
    assert schema["properties"].keys() == Settings.model_fields.keys()
    for name, field in schema["properties"].items():
        assert f"`{PREFIX}{name.upper()}`" in readme
        assert field["description"]
