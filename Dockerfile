# One image for web, worker and beat. Built in two steps, so that compilers and caches stay behind.
FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/base.txt
COPY manage.py pyproject.toml ./
COPY config config
COPY apps apps
COPY templates templates
COPY static static
COPY locale locale
RUN MIRAIZU_VAR=/tmp/build /venv/bin/python manage.py compile_catalogues

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /home/miraizu miraizu && mkdir /data && chown miraizu /data
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MIRAIZU_VAR=/data HOST=0.0.0.0 PORT=8000
USER 10001
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--config", "config/gunicorn.py"]
