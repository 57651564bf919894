"""A real nginx on free ports of loopback, without root and without a service."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CONFIG = """
{modules}
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 128; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  default_type text/plain; keepalive_requests 1;
  server {{
    listen 127.0.0.1:{plain};
    listen 127.0.0.1:{secure} ssl http2;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    ssl_client_certificate {authority};
    ssl_verify_client optional;
    location / {{ root {folder}/www; }}
    location = /hello {{ return 200 "all is well\\n"; }}
    location = /agent {{ return 200 $http_user_agent; }}
    location = /method {{ return 200 "$request_method $http_x_word"; }}
    location = /broken {{ return 503 "out of order\\n"; }}
    location = /away {{ return 302 http://127.0.0.1:{plain}/hello; }}
    location = /nothing {{ return 204; }}
    location = /encoded {{
      {brotli}
      gzip on; gzip_types *; gzip_min_length 1;
      alias {folder}/www/long;
    }}
    location = /set-cookie {{ add_header Set-Cookie "session=abc; Path=/"; return 302 /see-cookie; }}
    location = /see-cookie {{ return 200 "cookie: $http_cookie"; }}
    location = /loop {{ return 302 /loop-back; }}
    location = /loop-back {{ return 302 /loop; }}
    location = /to-plain {{ return 302 http://$host:{plain}/hello; }}
    location = /to-other {{ return 302 $scheme://localhost:$server_port/seen; }}
    location = /to-nowhere {{ return 302 ldap://there; }}
    location = /see-other {{ return 303 /seen; }}
    location = /moved {{ return 301 /seen; }}
    location = /temporary {{ return 307 /seen; }}
    set $seen "login '$http_authorization', key '$http_x_key', certificate '$ssl_client_s_dn'";
    location = /seen {{ return 200 "$request_method, $seen, body $content_length"; }}
    location = /private {{
      auth_basic "staff"; auth_basic_user_file {folder}/passwords;
      alias {folder}/www/long;
    }}
    location = /known {{
      if ($ssl_client_verify != SUCCESS) {{ return 403 "no certificate"; }}
      return 200 "you are $ssl_client_s_dn";
    }}
    location = /chunked {{ ssi on; ssi_types *; root {folder}/www; try_files /page =404; }}
  }}
}}
"""

LONG = "".join(f"line {number} of many\n" for number in range(500))
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_filter_module.so")  # without it, gzip is spoken


@dataclass(frozen=True)
class Nginx:
    """Where it listens, and the folder it serves."""

    plain: int
    secure: int
    www: Path


@contextmanager
def nginx(folder: Path, certificate: Path, key: Path, authority: Path | None = None) -> Iterator[Nginx]:
    """Run nginx until the end of the block; it listens when the block begins.

    It asks for certificates of clients that `authority` has issued. `staff` has the password `word`.
    After one request it wants no more on a connection, which over HTTP/2 it says before it answers.
    """
    server = Nginx(free_port(), free_port(), folder / "www")
    server.www.mkdir()
    (server.www / "page").write_text('<!--# echo var="host" default="-" --> is here')
    (server.www / "long").write_text(LONG)
    (folder / "passwords").write_text("staff:{PLAIN}word\n")
    config = folder / "nginx.conf"
    config.write_text(
        CONFIG.format(
            folder=folder,
            plain=server.plain,
            secure=server.secure,
            certificate=certificate,
            key=key,
            authority=authority or certificate,
            modules=f"load_module {BROTLI};" if BROTLI.exists() else "",
            brotli="brotli on; brotli_types *; brotli_min_length 1;" if BROTLI.exists() else "",
        )
    )
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    command = [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(config)]
    with subprocess.Popen(command) as process:
        try:
            await_listener(server.secure, process)
            yield server
        finally:
            process.terminate()


def free_port() -> int:
    """Give a port of loopback that nobody listens on now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def await_listener(port: int, process: subprocess.Popen[bytes], address: str = "127.0.0.1") -> None:
    """Wait until somebody listens; a process that ended instead is an error."""
    while True:
        with socket.socket() as sock:
            if sock.connect_ex((address, port)) == 0:
                return
        try:
            status = process.wait(0.01)
        except subprocess.TimeoutExpired:
            continue
        raise RuntimeError(f"{process.args!r} ended with status {status}")
