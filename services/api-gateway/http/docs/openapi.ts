import { OpenAPIRegistry, OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import { VERSION } from '#shared/runtime/version';
import { operations } from './operations.ts';

export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;

const LIVE = `Live progress: WebSocket at /ws/skyscan/{session_id}. A status message comes at once, then every point and every
change of status: {"session_id", "status", "point" (a data point, or null), "progress_pct", "completed", "total"}.
?after=N starts with the points after the first N stored ones, ?detail=full adds seq, setpoint and measurement to every point.
Close codes: 1000 the session has ended, 1013 too slow (come back with ?after=N), 4404 Scan session not found.
Positions: WebSocket at /ws/rotors/{rotor_id}. A message comes at once and with every change, at most five a second:
{"rotor_id", "azimuth", "elevation", "moving", "setpoint" (azimuth and elevation it was told, or null), "timestamp"}.
Who is slow gets the latest position. Close code: 4404 Rotor not found.
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
