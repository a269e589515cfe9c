"""An S3 server on the loopback address, moto's, with faults before its answers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

BUCKET = "bucket"
SECRET = "secret-of-nobody-0123456789"
Environ = dict[str, Any]
Fault = Callable[[Environ], str]
"""Called with each request; it says what becomes of it: `` (it is answered), `503`, `cut` before it is read, `lost`
when it is done and nobody is told, or `torn`: a byte of what was sent is another one."""


class S3:
    """The server, and what it has been asked for."""

    def __init__(self) -> None:
        from moto.server import DomainDispatcherApplication, create_backend_app
        from werkzeug.serving import make_server

        self.requests: list[str] = []
        self.fault: Fault = lambda environ: ""
        self._app = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._http("PUT", f"/{BUCKET}")

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a client finds the server and its credentials."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._server.server_port}",
            "AWS_ACCESS_KEY_ID": "AKIAOFNOBODY",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def files(self, folder: str) -> dict[str, bytes]:
        """Name -> content of what lies in a folder of the bucket, as the server itself has it."""
        bucket = _backend().buckets[BUCKET]
        names = [name for name in list(bucket.keys) if name.startswith(f"{folder}/")]
        return {name[len(folder) + 1 :]: bytes(bucket.keys[name].value) for name in names}

    def put(self, name: str, content: bytes) -> None:
        """Put a file of somebody else into the bucket."""
        self._http("PUT", f"/{BUCKET}/{name}", content)

    def delete(self, name: str) -> None:
        """Remove a file."""
        self._http("DELETE", f"/{BUCKET}/{name}")

    def reset(self) -> None:
        """Remove all files, and the fault."""
        self.fault = lambda environ: ""
        for name in list(_backend().buckets[BUCKET].keys):
            self.delete(name)
        self.requests.clear()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _http(self, method: str, path: str, content: bytes = b"") -> None:
        from http.client import HTTPConnection

        connection = HTTPConnection("127.0.0.1", self._server.server_port)
        credential = "AWS4-HMAC-SHA256 Credential=x/1/us-east-1/s3/aws4_request"
        connection.request(method, path, content, {"Host": "s3.amazonaws.com", "Authorization": credential})
        assert connection.getresponse().read() is not None
        connection.close()

    def _answer(self, environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
        if "boto" not in environ.get("HTTP_USER_AGENT", ""):  # this class itself
            return self._app(environ, start)  # type: ignore[no-any-return]
        self.requests.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        act = self.fault(environ)
        if act in ("cut", "lost"):
            if act == "lost":
                b"".join(self._app(environ, lambda status, headers, info=None: None))
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            return []
        if act.isdigit():
            start(f"{act} no", [("Content-Type", "application/xml")])
            code = "AccessDenied" if act == "403" else "InternalError"
            return [f"<Error><Code>{code}</Code><Message>no, {SECRET}</Message></Error>".encode()]
        if act == "torn":
            _tear(environ)
        return self._app(environ, start)  # type: ignore[no-any-return]


def _tear(environ: Environ) -> None:
    """Change a byte of what was sent."""
    import io

    content = bytearray(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
    if content:
        content[len(content) // 2] ^= 1
    environ["wsgi.input"] = io.BytesIO(bytes(content))
    for name in [name for name in environ if "CHECKSUM" in name or "CONTENT_MD5" in name]:
        del environ[name]


def _backend() -> Any:
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.s3.models import s3_backends

    return s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
