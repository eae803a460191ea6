import { Mutex } from 'async-mutex';
import type { ApiWorld } from './api-world.ts';
import { connectionOutcome } from './api-world.ts';
import { send } from './gateway-harness.ts';
import { fastRotor, callApi } from './stack-client.ts';
import { startTestStack, type TestStack } from './stack.ts';

/** All services as processes, with one simulated rotor; a restart is a kill -9. */
export async function createStackWorld(): Promise<ApiWorld> {
  const stack = await startTestStack({ env: { RATE_LIMIT_PER_MINUTE: '1000000000' } });
  const body = fastRotor(stack, { settle_ms: 0, read_ms: 1, min_elevation: 0 });
  const rotor = await callApi<{ id: number }>(stack, 'POST', '/api/rotors', body);
  const { hostname, port } = new URL(stack.httpUrl);
  const oneAtATime = new Mutex();
  const restart = (name: Parameters<TestStack['kill']>[0]) => oneAtATime.runExclusive(() => stack.kill(name));
  return {
    url: stack.httpUrl,
    brokerUrl: stack.addresses.mqttUrl,
    databaseUrl: stack.databaseUrl,
    addRotors: () => Promise.resolve([rotor.id]),
    grants: [],
    call: (method, path, content) =>
      send(hostname, Number(port), path, { method, ...(content !== undefined && { body: content }) }).catch(
        connectionOutcome,
      ),
    restartGateway: () => restart('api-gateway'),
    restartOrchestrator: () => restart('scan-orchestrator'),
    close: () => stack.stop(),
  };
}
