import { expect, test } from 'vitest';
import { describePrograms } from './programs.ts';

const AT = {
  mqttUrl: 'mqtt://127.0.0.1:1883',
  mqttPort: 1883,
  httpPort: 8080,
  postgresPort: 5432,
  rtlTcp: '127.0.0.1:1234',
  rotctld: '127.0.0.1:4533',
  rotorDriver: '127.0.0.1:50051',
  sdrSampler: '127.0.0.1:50052',
  orchestrator: '127.0.0.1:50053',
  skyAnalyst: '127.0.0.1:50054',
  simulator: { rotctldPort: 4533, rtlTcpPort: 1234, controlPort: 4580 },
};
const SECRETS = {
  databasePassword: 'secret',
  grpcTokenFile: '/data/grpc',
  mqttPasswordFile: '/data/mqtt',
  mqttOperatorPasswordFile: '/data/mqtt-operator',
};

function simulatorWith(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const options = {
    dataDir: '/data',
    servicesFolder: '/services',
    databaseUrl: 'postgres://x/y',
    secrets: SECRETS,
  };
  const { SIM_SUN, SIM_LATITUDE_DEG, SIM_LONGITUDE_DEG } = describePrograms({ ...options, env }, AT).simulator
    .env;
  return { SIM_SUN, SIM_LATITUDE_DEG, SIM_LONGITUDE_DEG };
}

test.each([
  ['without a place stays', {}, [undefined, undefined, undefined]],
  ['of half a place stays', { SITE_LATITUDE_DEG: '52' }, [undefined, undefined, undefined]],
  ['moves over the site', { SITE_LATITUDE_DEG: '52', SITE_LONGITUDE_DEG: '13' }, ['moving', '52', '13']],
  [
    'is as the simulator was told',
    { SITE_LATITUDE_DEG: '52', SITE_LONGITUDE_DEG: '13', SIM_SUN: 'fixed', SIM_LATITUDE_DEG: '48' },
    ['fixed', '48', '13'],
  ],
])('the simulated Sun %s', (_, env, [sun, latitude, longitude]) => {
  expect(simulatorWith(env)).toEqual({
    SIM_SUN: sun,
    SIM_LATITUDE_DEG: latitude,
    SIM_LONGITUDE_DEG: longitude,
  });
});
