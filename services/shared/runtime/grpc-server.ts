import { readFileSync } from 'node:fs';
import {
  createServer,
  ServerError,
  Status,
  type CallContext,
  type Server,
  type ServerMiddlewareCall,
} from 'nice-grpc';
import { HealthDefinition, HealthServiceImpl, HealthState } from 'nice-grpc-server-health';
import { ServerReflection, ServerReflectionService } from 'nice-grpc-server-reflection';
import { errorsToStatus } from './grpc-errors.ts';
import {
  PEER_TIMEOUT_MS,
  requireSecureBind,
  sameSecret,
  serverCredentials,
  type GrpcSettings,
} from './grpc-credentials.ts';
import { requireSite } from './grpc-site.ts';
import type { Logger } from './logger.ts';

export interface GrpcServerOptions {
  host: string;
  /** With 0 the system chooses one. */
  port: number;
  security: GrpcSettings;
  /** The name of the site that it serves; undefined: calls for every site. */
  site?: string;
  /** Full name of the service, e.g. `skyscan.v1.RotorDriver`, for health and reflection. */
  serviceName: string;
  logger: Logger;
  /** Reports MQTT problems; the health service publishes them as the service `mqtt`. */
  onMqttTrouble?: (listener: (trouble: string | undefined) => void) => void;
  /** Adds the service. */
  add: (server: Server) => void;
}

export interface RunningGrpcServer {
  port: number;
  address: string;
  close(): Promise<void>;
}

// Generated with the messages, for reflection and debugging tools.
const DESCRIPTORS = new URL('../../../gen/skyscan.binpb', import.meta.url);
const GRACE_MS = 500;
/** Name of the MQTT connection in the health service. */
export const MQTT_HEALTH = 'mqtt';

/**
 * Starts a gRPC server with health checks, reflection, shared token, keepalive and message size
 * limits.
 */
export async function startGrpcServer(options: GrpcServerOptions): Promise<RunningGrpcServer> {
  requireSecureBind(options.host, options.security);
  const open = createServer({
    'grpc.max_receive_message_length': 4 * 1024 * 1024,
    'grpc.max_metadata_size': 16 * 1024,
    'grpc.keepalive_time_ms': 2_000,
    'grpc.keepalive_timeout_ms': options.security.peerTimeoutMs ?? PEER_TIMEOUT_MS,
  })
    .use(requireToken(options.security.token))
    .use(errorsToStatus(options.logger));
  const server = options.site === undefined ? open : open.use(requireSite(options.site));
  options.add(server);
  const health = HealthState();
  health.setStatus('healthy', options.serviceName);
  options.onMqttTrouble?.((trouble) => health.setStatus(trouble ? 'unhealthy' : 'healthy', MQTT_HEALTH));
  server.add(HealthDefinition, HealthServiceImpl(health));
  server.add(ServerReflectionService, ServerReflection(readFileSync(DESCRIPTORS), [options.serviceName]));
  const port = await server.listen(`${options.host}:${options.port}`, serverCredentials(options.security));
  return {
    port,
    address: `${options.host}:${port}`,
    async close() {
      health.setStatus('unhealthy', options.serviceName);
      const graceful = server.shutdown();
      const force = setTimeout(() => server.forceShutdown(), GRACE_MS);
      await graceful.catch(() => undefined);
      clearTimeout(force);
    },
  };
}

function requireToken(token: string | undefined) {
  return async function* <Request, Response>(
    call: ServerMiddlewareCall<Request, Response>,
    context: CallContext,
  ) {
    const given = context.metadata.get('authorization')?.replace(/^Bearer /, '') ?? '';
    if (token && !sameSecret(given, token))
      throw new ServerError(Status.UNAUTHENTICATED, 'missing or wrong token');
    return yield* call.next(call.request, context);
  };
}
