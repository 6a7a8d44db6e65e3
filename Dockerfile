# The gateway on Node's own image: sources run as they are, the page is built here, nothing runs as root.
FROM node:26-slim AS build
WORKDIR /gatehouse
COPY package.json package-lock.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm ci && npm prune --omit=dev --ignore-scripts

FROM node:26-slim
ENV NODE_ENV=production \
    GATEHOUSE_DATA_DIR=/data \
    GATEHOUSE_HTTP_HOST=0.0.0.0 \
    GATEHOUSE_MQTT_HOST=0.0.0.0
WORKDIR /gatehouse
COPY --from=build /gatehouse/node_modules ./node_modules
COPY --from=build /gatehouse/dist ./dist
COPY package.json ./
COPY src ./src
COPY device-profiles ./device-profiles
COPY simulators ./simulators
COPY examples ./examples
RUN install -d -m 700 -o node -g node /data
USER node
VOLUME /data
EXPOSE 8080 1883
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--max-semi-space-size=64", "src/main.ts"]
CMD ["start"]
