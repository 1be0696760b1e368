# Builds the packages apart, checks the content, and ships both without tools, to run as nobody on a read-only disk.
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /service
COPY requirements-image.lock ./
RUN python -m venv /packages && /packages/bin/pip install --require-hashes --no-deps -r requirements-image.lock
COPY api api
COPY schemas schemas
COPY data data
# A bad draft or release never becomes an image.
RUN /packages/bin/python -m api validate && /packages/bin/python -m api show leg-twitching > /dev/null \
    && /packages/bin/python -m compileall -q api schemas

FROM python:3.11-slim
ENV PATH=/packages/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 SLEEP_GUIDANCE_HOST=0.0.0.0
WORKDIR /service
COPY --from=build /packages /packages
COPY --from=build /service /service
USER 65534:65534
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
    CMD ["python", "-c", "import httpx, sys; sys.exit(httpx.get('http://127.0.0.1:8000/readyz').status_code != 200)"]
ENTRYPOINT ["python", "-m", "api"]
CMD ["serve"]
