import {
  createChannel,
  createClientFactory,
  Metadata,
  type CallOptions,
  type Client,
  type ClientMiddlewareCall,
  type CompatServiceDefinition,
} from 'nice-grpc';
import { deadlineMiddleware, type DeadlineOptions } from 'nice-grpc-client-middleware-deadline';
import { LOCAL_SITE } from '../base/site-name.ts';
import { channelSecurity, PEER_TIMEOUT_MS, type GrpcSettings } from './grpc-credentials.ts';
import { statusToErrors } from './grpc-errors.ts';
import { withSite } from './grpc-site.ts';

/** A client whose calls accept `signal` and `deadline` and throw `SkyScanError`. */
export type GrpcClient<Definition extends CompatServiceDefinition> = Client<Definition, DeadlineOptions>;

/**
 * Creates a client that reconnects automatically and detects an unresponsive server a second after
 * `peerTimeoutMs`. `site`: the name of the site that its calls are meant for; servers of other
 * sites refuse them.
 */
export function createGrpcClient<Definition extends CompatServiceDefinition>(
  definition: Definition,
  address: string,
  security: GrpcSettings,
  site: string = LOCAL_SITE.name,
): { client: GrpcClient<Definition>; close: () => void } {
  const { credentials, options } = channelSecurity(security, address);
  const channel = createChannel(address, credentials, {
    ...options,
    'grpc.keepalive_time_ms': 1_000,
    'grpc.keepalive_timeout_ms': security.peerTimeoutMs ?? PEER_TIMEOUT_MS,
    'grpc.keepalive_permit_without_calls': 1,
    'grpc.initial_reconnect_backoff_ms': 100,
    // nice-grpc uses this as the timeout of a connection attempt: 100 ms are too short on a busy
    // machine.
    'grpc.min_reconnect_backoff_ms': 2_000,
    'grpc.max_reconnect_backoff_ms': 1_000,
    'grpc.max_receive_message_length': 16 * 1024 * 1024,
  });
  const client = createClientFactory()
    .use(withToken(security.token))
    .use(withSite(site))
    .use(deadlineMiddleware)
    // Attached last, runs outermost. A local socket is the end of the link of a site.
    .use(statusToErrors(serviceName(definition), address.startsWith('unix:') ? `site ${site}` : address))
    .create(definition, channel);
  return { client, close: () => channel.close() };
}

/** `rotor-driver` for `skyscan.v1.RotorDriver`. */
function serviceName(definition: CompatServiceDefinition): string {
  const { fullName } = definition as { fullName?: unknown };
  const name = typeof fullName === 'string' ? (fullName.split('.').at(-1) ?? '') : 'the service';
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}

function withToken(token: string | undefined) {
  return async function* <Request, Response>(
    call: ClientMiddlewareCall<Request, Response>,
    options: CallOptions,
  ) {
    const metadata = Metadata(options.metadata);
    if (token) metadata.set('authorization', `Bearer ${token}`);
    return yield* call.next(call.request, { ...options, metadata });
  };
}
