// Starts a manual move with api-gateway's code, prints when it has started, and keeps its call open
// until the test ends the process; ends orderly on SIGTERM. Argument: { address, request } as JSON.
import { RotorDriverDefinition } from '#proto/rotor_driver';
import { createGrpcClient } from '#shared/runtime/grpc-client';
import { createLogger } from '#shared/runtime/logger';
import { createManualMoves } from '../../dist/services/api-gateway/clients/manual-moves.js';

const { address, request } = JSON.parse(process.argv[2]);
const { client, close } = createGrpcClient(RotorDriverDefinition, address, {});
const moves = createManualMoves(20_000, createLogger('gateway', 'silent'));
await moves.start(request.rotor.id, (signal) => client.move(request, { signal }));
process.once('SIGTERM', () => {
  moves.close();
  close();
});
process.stdout.write('started');
