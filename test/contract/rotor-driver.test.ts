import {
  credentials,
  loadPackageDefinition,
  type ClientDuplexStream,
  type GrpcObject,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { createChannel, createClient } from 'nice-grpc';
import { HealthDefinition } from 'nice-grpc-server-health';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectRawGrpcClient, type RawGrpcClient } from '../support/raw-grpc-client.ts';
import { rawRotor } from '../support/raw-rotor.ts';
import { startTestDriver, type TestDriver } from '../support/rotctld-driver.ts';
import {
  createFakeRotator,
  hamlibScript,
  startScriptedRotctld,
  type ScriptedRotctld,
} from '../support/rotctld-scripted.ts';

let server: ScriptedRotctld;
let driver: TestDriver;
let client: RawGrpcClient;

beforeAll(async () => {
  server = await startScriptedRotctld(hamlibScript(createFakeRotator()));
  driver = await startTestDriver();
  client = await connectRawGrpcClient('rotor_driver.proto', 'RotorDriver', driver.port);
});

afterAll(async () => {
  client.close();
  await driver.close();
  await server.close();
});

const rotor = () => rawRotor(server.port);

describe('the RotorDriver gRPC API', () => {
  test('uses the published messages', async () => {
    expect(await client.call('probe', { rotor: rotor() })).toMatchObject({
      model: 'Test Script',
      dialect: 'hamlib',
      position: { pointing: { azimuthDeg: 0, elevationDeg: 0 }, moving: false },
      reportedLimits: { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 },
      hasRssi: false,
    });
  });

  test.each([
    ['probe', () => ({}), 'invalid', 'rotor is missing'],
    ['probe', () => ({ rotor: { ...rotor(), port: 0 } }), 'invalid', 'rotor.port 0 must be in 1..65535'],
    [
      'move',
      () => ({ rotor: rotor(), target: { azimuthDeg: 400, elevationDeg: 10 }, keepsCall: true }),
      'out_of_range',
      'azimuth 400 deg is outside 0..360 deg',
    ],
    [
      'move',
      () => ({ rotor: rotor(), target: { azimuthDeg: NaN, elevationDeg: 10 }, keepsCall: true }),
      'invalid',
      /^target.azimuth_deg NaN/,
    ],
    [
      'park',
      () => ({ rotor: { ...rotor(), park: { azimuthDeg: 500, elevationDeg: 0 } }, keepsCall: true }),
      'out_of_range',
      'azimuth 500 deg is outside 0..360 deg',
    ],
    [
      'move',
      () => ({ rotor: rotor(), target: { azimuthDeg: 40, elevationDeg: 10 } }),
      'wrong_state',
      'api-gateway is older than rotor-driver',
    ],
    ['park', () => ({ rotor: rotor() }), 'wrong_state', 'api-gateway is older than rotor-driver'],
    ['measureRssi', () => ({ rotorId: 3, token: 5, reads: 0 }), 'invalid', 'reads 0 must be in 1..1000'],
    ['measureRssi', () => ({ rotorId: 3, token: 5, reads: 10 }), 'lease_lost', 'token 5 is no longer valid'],
    ['stop', () => ({ rotor: rotor(), token: 5 }), 'lease_lost', 'token 5 is no longer valid'],
  ])('%s is refused with a kind and a message', async (method, request, kind, message) => {
    const refused = await client.refusal(method, request());
    expect(refused.kind).toBe(kind);
    expect(refused.message).toMatch(message);
  });

  test('reports that it is healthy', async () => {
    const channel = createChannel(`127.0.0.1:${driver.port}`);
    const { status } = await createClient(HealthDefinition, channel).check({
      service: 'skyscan.v1.RotorDriver',
    });
    expect(status).toBe(1); // SERVING
    channel.close();
  });

  test('lists itself by reflection', async () => {
    const { grpc } = loadPackageDefinition(fromJSON(REFLECTION));
    const v1 = ((grpc as GrpcObject)['reflection'] as GrpcObject)['v1'] as GrpcObject;
    const ServerReflection = v1['ServerReflection'] as ServiceClientConstructor;
    const reflection = new ServerReflection(`127.0.0.1:${driver.port}`, credentials.createInsecure());
    type Answer = { listServicesResponse: { service: { name: string }[] } };
    const call = (reflection['serverReflectionInfo'] as () => ClientDuplexStream<object, Answer>).call(
      reflection,
    );
    const answer = new Promise<Answer>((resolve, reject) => call.on('data', resolve).on('error', reject));
    call.write({ listServices: '' });
    expect((await answer).listServicesResponse.service.map(({ name }) => name)).toContain(
      'skyscan.v1.RotorDriver',
    );
    call.end();
    reflection.close();
  });
});

// The part of grpc/reflection/v1/reflection.proto that this test uses.
const REFLECTION: Parameters<typeof fromJSON>[0] = {
  nested: {
    grpc: {
      nested: {
        reflection: {
          nested: {
            v1: {
              nested: {
                ServerReflection: {
                  methods: {
                    ServerReflectionInfo: {
                      requestType: 'Request',
                      requestStream: true,
                      responseType: 'Response',
                      responseStream: true,
                      comment: '',
                    },
                  },
                },
                Request: {
                  fields: { listServices: { type: 'string', id: 7 } },
                  oneofs: { kind: { oneof: ['listServices'] } },
                },
                Response: { fields: { listServicesResponse: { type: 'Services', id: 6 } } },
                Services: { fields: { service: { rule: 'repeated', type: 'Service', id: 1 } } },
                Service: { fields: { name: { type: 'string', id: 1 } } },
              },
            },
          },
        },
      },
    },
  },
};
