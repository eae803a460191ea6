import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { VERSION } from '#shared/runtime/version';
import { operations } from './operations.ts';

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;

const DESCRIPTION = `Progress of a session: WebSocket at /ws/skyscan/{session_id}. Position of a rotor: WebSocket at /ws/rotors/{rotor_id}.
The messages of WebSockets and MQTT are documented at /docs/events and /api/asyncapi.json (AsyncAPI 3.0).
If API keys are configured, send one as "Authorization: Bearer KEY" or "X-API-Key: KEY", or in a browser as the subprotocol
new WebSocket(url, ["skyscan", "bearer.KEY"]).`;

/** OpenAPI 3.1, generated from the schemas that validate the requests. */
export function createOpenApiDocument(basePath = ''): OpenApiDocument {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'Only if API_KEYS is configured',
  });
  registry.registerComponent('securitySchemes', 'apiKeyHeader', {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'The same key, for a proxy that uses Authorization itself',
  });
  for (const operation of operations) registry.registerPath(operation);
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: { title: 'Sky Scan API', version: VERSION, description: DESCRIPTION },
    servers: [{ url: `${basePath}/` }],
    security: [{}, { apiKey: [] }, { apiKeyHeader: [] }],
  });
}
