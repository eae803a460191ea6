import { fileURLToPath } from 'node:url';
import {
  credentials,
  loadPackageDefinition,
  type ClientReadableStream,
  type GrpcObject,
  type ServiceClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { load } from '@grpc/proto-loader';

type Reply = Record<string, unknown>;
type Method = (request: object, answer: (error: ServiceError | null, reply: Reply) => void) => void;
type StreamMethod = (request: object) => ClientReadableStream<Reply>;

/** A client that uses only the .proto file, read at run time, and no generated code. */
export interface RawGrpcClient {
  /** The reply, or the first one of a stream; rejects with the `ServiceError`. */
  call(method: string, request: object): Promise<Reply>;
  /** A call that must be refused; returns kind, message and details of the refusal. */
  refusal(method: string, request: object): Promise<Refusal>;
  close(): void;
}

/** A gRPC error; missing details are undefined. */
export interface Refusal {
  kind: unknown;
  message: string;
  peer: unknown;
  state: unknown;
  sessionId: unknown;
}

/** `file` below `proto/skyscan/v1/`, e.g. `rotor_driver.proto`; `service`, e.g. `RotorDriver`. */
export async function connectRawGrpcClient(
  file: string,
  service: string,
  port: number,
): Promise<RawGrpcClient> {
  const proto = fileURLToPath(new URL('../../proto', import.meta.url));
  const definition = await load(`skyscan/v1/${file}`, {
    includeDirs: [proto],
    enums: String,
    defaults: true,
  });
  const skyscan = loadPackageDefinition(definition)['skyscan'] as GrpcObject;
  const Client = (skyscan['v1'] as GrpcObject)[service] as ServiceClientConstructor;
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  // Methods are named `Move` in the definition and `move` in the client.
  const isStream = (method: string) =>
    Object.values(Client.service).some(
      ({ originalName, responseStream }) => originalName === method && responseStream,
    );
  const call: RawGrpcClient['call'] = (method, request) =>
    new Promise((resolve, reject) => {
      if (isStream(method)) {
        const stream = (client[method] as StreamMethod).call(client, request);
        // The call stays open until the client closes.
        stream.on('data', resolve).on('error', reject);
        return;
      }
      const invoke = client[method] as Method;
      invoke.call(client, request, (error, reply) => (error ? reject(error) : resolve(reply)));
    });
  return {
    call,
    async refusal(method, request) {
      const error = await call(method, request).then(
        () => {
          throw new Error(`${method} was not refused`);
        },
        (refused: unknown) => refused as ServiceError,
      );
      const named = (trailer: string) => error.metadata.get(trailer)[0];
      return {
        kind: named('skyscan-error-kind'),
        message: error.details,
        peer: named('skyscan-error-peer'),
        state: named('skyscan-session-state'),
        sessionId: named('skyscan-session-id'),
      };
    },
    close: () => client.close(),
  };
}
