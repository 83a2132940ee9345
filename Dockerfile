FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/spm

COPY requirements.txt .
RUN pip install -r requirements.txt

COPY . .
# The key serves this one command only; the containers get theirs from the environment.
RUN SECRET_KEY=only-for-collecting-static-files python manage.py collectstatic --noinput --verbosity 0 \
    && useradd --system --home-dir /srv/spm spm \
    && install -d -o spm -g spm var var/uploads

USER spm
EXPOSE 8000
CMD ["gunicorn", "spm.wsgi", "--no-control-socket", "-w", "2", "--threads", "4", "-b", "0.0.0.0:8000"]
