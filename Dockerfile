# One image for every process of a team's installation: web, worker, beat and the one-shot preparation of the database.
FROM python:3.13-slim-bookworm AS build
RUN pip install --no-cache-dir --disable-pip-version-check 'uv>=0.13,<1'
WORKDIR /app
COPY requirements.lock .
RUN uv venv --python /usr/local/bin/python /opt/venv \
    && uv pip sync --no-cache --require-hashes --compile-bytecode --python /opt/venv/bin/python requirements.lock
COPY . .
ENV PATH=/opt/venv/bin:$PATH
RUN WAYMARK_DATA=/tmp/build STATIC_ROOT=/app/staticfiles python manage.py collectstatic --noinput \
    && python -m compileall -q .

FROM python:3.13-slim-bookworm
RUN groupadd --system --gid 10001 waymark \
    && useradd --system --uid 10001 --gid waymark --no-create-home --home-dir /data waymark \
    && install --directory --owner=waymark --group=waymark /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PRODUCTION=1 \
    HOST=0.0.0.0 \
    WAYMARK_DATA=/data \
    STATIC_ROOT=/app/staticfiles
USER waymark
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-m", "deploy.healthcheck", "web"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "config.wsgi"]
