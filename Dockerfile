FROM python:3.11-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-noto-cjk tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 xueban

WORKDIR /app
COPY requirements/runtime.txt requirements/runtime.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY plugins plugins
COPY data data
# editable: word lists and holidays are found beside the code, under /app/data; compiled here, since xueban may not write
RUN pip install --no-cache-dir --no-deps --editable . && python -m compileall -q bot plugins && mkdir -p /data && chown xueban /data

USER xueban
ENV HOST=0.0.0.0 PORT=8080 XUEBAN__DATA_DIR=/data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=5)"]
CMD ["xueban", "run"]
