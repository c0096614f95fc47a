"""The floor: what a bare Django REST framework list costs on this machine, in this server, today."""
