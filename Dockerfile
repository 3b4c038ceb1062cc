# The image serves what `make serve` serves: the database is built into it from seed/.
FROM python:3.12-slim AS build
WORKDIR /onrecord
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# The base image's pip installs into the environment, which has none of its own.
RUN python -m venv --without-pip /venv
COPY requirements/run.txt /tmp/run.txt
RUN python -m pip --python /venv/bin/python install --require-hashes -r /tmp/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY migrations migrations
COPY seed seed
# When the seeds were recorded: 2026-05-04, or empty if unknown. The image has no git history.
ARG RECORDED_AT=""
# The server cannot write, so modules are compiled now. COPY has kept the file modes of the checkout,
# which may be too narrow for the server's user.
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
