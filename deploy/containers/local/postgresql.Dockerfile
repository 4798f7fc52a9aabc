# PostgreSQL from Debian, for machines without access to a registry, with those variables of the official image that
# deploy/ uses.
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
RUN apt-get update && apt-get install -y --no-install-recommends postgresql \
  && rm -rf /var/lib/apt/lists/* /var/lib/postgresql/* /etc/postgresql/* \
  && ln -s /usr/lib/postgresql/*/bin/* /usr/local/bin/ 2>/dev/null; usermod -u 999 postgres && groupmod -g 999 postgres \
  && install -d -o 999 -g 999 /var/lib/postgresql/data /run/postgresql && command -v initdb pg_isready
COPY deploy/containers/local/postgresql-entrypoint /usr/local/bin/
USER 999:999
ENV PGDATA=/var/lib/postgresql/data
VOLUME /var/lib/postgresql/data
EXPOSE 5432
STOPSIGNAL SIGINT
ENTRYPOINT ["postgresql-entrypoint"]
