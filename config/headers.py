"""Security headers that Django does not set by itself (R60)."""

from django.http import HttpRequest, HttpResponse


def middleware(get_response):
    """Adds `Permissions-Policy` and CORP to every response, and `no-store` to every page of a signed-in person."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if "Cache-Control" not in response.headers and not request.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store, private"
        return response

    return respond
