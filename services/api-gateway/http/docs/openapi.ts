import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { VERSION } from '#shared/runtime/version';
import { operations } from './operations.ts';

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;

const LIVE = `Live progress of a session: WebSocket at /ws/skyscan/{session_id}. Position of a rotor: WebSocket at /ws/rotors/{rotor_id}.
Their messages, and those on MQTT, are at /docs/events (a page) and /api/asyncapi.json (AsyncAPI 3.0).
Where API keys are configured, send one as "Authorization: Bearer KEY" or "X-API-Key: KEY", or in a browser as the subprotocol
new WebSocket(url, ["skyscan", "bearer.KEY"]).`;

/** OpenAPI 3.1, made from the schemas that check the requests. */
export function createOpenApiDocument(basePath = ''): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'Only where API_KEYS is configured',
  });
  registry.registerComponent('securitySchemes', 'apiKeyHeader', {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'The same key, where a proxy needs Authorization for itself',
  });
  for (const operation of operations) registry.registerPath(operation);
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Sky Scan API', version: VERSION, description: LIVE },
    servers: [{ url: `${basePath}/` }],
    security: [{}, { apiKey: [] }, { apiKeyHeader: [] }],
  });
}
