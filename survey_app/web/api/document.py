"""The API as an OpenAPI 3.1 document, made of what its resources declare."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask

from survey_app.web.access import Access, access_of
from survey_app.web.api.described import Description, description_of
from survey_app.web.api.problems import MEDIA_TYPE

VERSION = "1"
REFUSALS = {
    400: "The body is no JSON.",
    401: "The key is missing, unknown, expired or revoked.",
    403: "The key does not have this scope.",
    404: "There is no such thing.",
    415: "The content type is not application/json.",
    422: "A field is not right; nothing was stored. Or the Idempotency-Key stands for another request.",
    429: "Too many requests; Retry-After says when to come back.",
}
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
                "required": ["pointer", "detail"],
            },
        },
    },
    "required": ["title", "status"],
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key within 24 hours gets the first answer again and stores nothing twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


def openapi(app: Flask) -> dict[str, Any]:
    """Return the document of every resource that other systems may use."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.rule):
        view = app.view_functions[rule.endpoint]
        access, description = access_of(view), description_of(view)
        if access is not None and access.is_by_token and description is not None:
            method = "post" if "POST" in (rule.methods or ()) else "get"
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            paths.setdefault(path, {})[method] = _operation(path, method, access, description)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Survey App", "version": VERSION, "license": {"name": "MIT", "identifier": "MIT"}},
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": _PROBLEM},
        },
    }


def _operation(path: str, method: str, access: Access, description: Description) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": f"{method}_{re.sub(r'[^a-z0-9]+', '_', path.removeprefix('/api/v1/').lower()).strip('_')}",
        "summary": description.summary,
        "description": f"Scope: {access.operation}",
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"{(\w+)}", path)
        ],
        "responses": _responses(method, description),
    }
    if method == "post":
        found["parameters"].append(_KEY)
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": description.body}}}
    return found


def _responses(method: str, description: Description) -> dict[str, Any]:
    left_out = {404} if method == "post" else {400, 415, 422}
    refused = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    found: dict[str, Any] = {
        str(status): {"description": text, "content": {"application/json": {"schema": {"type": "object"}}}}
        for status, text in description.answers.items()
    }
    refusals = {str(status): {"description": text} | refused for status, text in REFUSALS.items()}
    return found | {status: each for status, each in refusals.items() if int(status) not in left_out}
