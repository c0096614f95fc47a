"""What every answer tells the browser: whom to trust, what to keep, what to forbid."""

import pytest
from django.http import HttpResponse

from tests.architecture.access import Line, lines

pytestmark = pytest.mark.django_db
READ = [line for line in lines() if line.method == "GET" and line.object != "private"]


def policy(answer: HttpResponse) -> dict[str, list[str]]:
    """The directives of the content security policy with their sources."""
    directives = (part.split() for part in answer["Content-Security-Policy"].split(";") if part.strip())
    return {name: sources for name, *sources in directives}


def assert_protected(answer: HttpResponse) -> None:
    """Whom to trust with what: nothing but what this server itself named."""
    csp = policy(answer)
    assert csp["default-src"] == ["'none'"]
    assert {"base-uri", "frame-ancestors", "form-action", "script-src", "style-src"} <= set(csp)
    assert csp["base-uri"] == csp["frame-ancestors"] == ["'none'"]
    others = {source for listed in csp.values() for source in listed} - {"'none'", "'self'", "data:"}
    assert all(source.startswith("'nonce-") for source in others)
    assert "data:" not in csp["script-src"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] in ("same-origin", "no-referrer", "strict-origin-when-cross-origin")
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert "Server" not in answer
    assert "X-Powered-By" not in answer


@pytest.mark.parametrize("line", READ, ids=str)
def test_an_answer_carries_every_protection(line: Line, visitors):
    for who, headers in (("anonymous", {}), ("maker", {}), ("maker", {"HX-Request": "true"})):
        answer = visitors.ask(line, who, headers=headers)
        assert_protected(answer)
        for morsel in answer.cookies.values():
            assert morsel["samesite"] == "Lax"
            assert morsel["httponly"] or morsel.key == "waymark_csrf"
        if who == "maker" and line.expected["anonymous"] in ("login", "401"):
            assert "no-store" in answer["Cache-Control"] or "private" in answer["Cache-Control"]
            assert "public" not in answer["Cache-Control"]
