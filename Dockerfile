# The image serves what `make serve` serves: the database is built into it from seed/.
FROM python:3.12-slim AS build
WORKDIR /onrecord
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# The base image's own pip installs into the environment, which needs none.
RUN python -m venv --without-pip /venv
COPY requirements/run.txt /tmp/run.txt
RUN python -m pip --python /venv/bin/python install --require-hashes -r /tmp/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY migrations migrations
COPY seed seed
# COPY keeps the modes of the checkout, which its owner's umask chose: the server must be able to read, and only that.
# Compiled once, as the server may not write, and would compile at each start.
# When the seeds were recorded, as an image has no history of them: 2026-05-04, or empty for unknown.
ARG RECORDED_AT=""
RUN python -m pip --python /venv/bin/python install --no-deps --no-build-isolation -e . \
    && /venv/bin/onrecord build ${RECORDED_AT:+--at "$RECORDED_AT"} \
    && /venv/bin/python -m compileall -q app \
    && chmod -R u=rwX,go=rX .

FROM python:3.12-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin onrecord
WORKDIR /onrecord
COPY --from=build /venv /venv
COPY --from=build /onrecord /onrecord
USER 10001:10001
ENV PATH=/venv/bin:$PATH ONRECORD_HOST=0.0.0.0 ONRECORD_PORT=8000 PYTHONDONTWRITEBYTECODE=1
EXPOSE 8000
# http.client, because urllib would ask the proxy that Docker may have put into the environment.
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s \
    CMD ["python", "-c", "import os, http.client; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['ONRECORD_PORT']), timeout=2); c.request('GET', '/readyz'); raise SystemExit(c.getresponse().status != 200)"]
CMD ["onrecord", "serve"]
