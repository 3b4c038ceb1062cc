# The image serves what `make serve` serves: the database is built into it from seed/.
FROM python:3.12-slim AS build
WORKDIR /onrecord
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements/run.txt requirements/run.txt
RUN /venv/bin/python -m pip install --require-hashes -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY migrations migrations
COPY seed seed
RUN /venv/bin/python -m pip install --no-deps --no-build-isolation -e . \
    && /venv/bin/onrecord build

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home onrecord
WORKDIR /onrecord
COPY --from=build /venv /venv
COPY --from=build /onrecord /onrecord
USER 10001
ENV PATH=/venv/bin:$PATH ONRECORD_HOST=0.0.0.0 ONRECORD_PORT=8000 PYTHONDONTWRITEBYTECODE=1
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['ONRECORD_PORT']}/readyz\", timeout=2)"]
CMD ["onrecord", "serve"]
