# docker build -t mouthpiece .
# docker run --rm -it -v "$PWD:/work" -v mouthpiece:/cache mouthpiece doctor
# With a GPU: --gpus all. The films that it makes belong to the user 1000; --user names another one.

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY requirements/ requirements/
RUN python -m venv /opt/mouthpiece \
 && /opt/mouthpiece/bin/python -m pip install --no-cache-dir --require-hashes \
    --requirement requirements/bootstrap.lock
COPY pyproject.toml hatch_build.py README.md LICENSE Snakefile ./
COPY workflow_scripts/ workflow_scripts/
COPY rules/ rules/
COPY workflow/ workflow/
COPY profiles/ profiles/
COPY envs/ envs/
COPY report/ report/
COPY config/ config/
COPY models/ models/
COPY demo/ demo/
# Exactly the versions of the lock file, whose hashes are verified; the extra is for `mouthpiece demo`.
# Compiled here, as the user of the image cannot write beside the packages.
RUN /opt/mouthpiece/bin/uv pip install --no-cache --compile-bytecode --python /opt/mouthpiece/bin/python \
    --constraint requirements/all.lock --override requirements/overrides.txt \
    --build-constraint requirements/all.lock '.[demo]'

FROM python:3.11-slim-bookworm
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 1000 --create-home mouthpiece \
 && install --directory --owner=mouthpiece /work /cache
COPY --from=build /opt/mouthpiece /opt/mouthpiece
ENV PATH=/opt/mouthpiece/bin:$PATH \
    XDG_CACHE_HOME=/cache \
    PYTHONUNBUFFERED=1
USER 1000
WORKDIR /work
VOLUME /cache
# tini collects the processes that a worker leaves, and passes signals on.
ENTRYPOINT ["tini", "--", "mouthpiece"]
CMD ["--help"]
