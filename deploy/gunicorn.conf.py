"""gunicorn for a team's installation: a process per web server, as many servers as the proxy finds."""

import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
# Of two processes at one address the first takes, and keeps, most connections, while a proxy shares requests out among servers by who is
# idle. A server that stands alone has use for two.
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
threads = 4
# The proxy replaces what X-Forwarded-* says, and nothing else may reach this port.
forwarded_allow_ips = "*"
# Heartbeats in memory: a slow disk must not look like a hung worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - gunicorn makes a file of its own there
control_socket_disable = True
timeout = 60
graceful_timeout = 30
# Longer than the proxy keeps an idle connection, so that a request never meets a closing one.
keepalive = 75
accesslog = "-"
access_log_format = '{"remote":"%(h)s","method":"%(m)s","path":"%(U)s","status":%(s)s,"bytes":"%(B)s","microseconds":%(D)s}'
