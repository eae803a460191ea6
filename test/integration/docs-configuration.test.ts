import { format } from 'prettier';
import { z } from 'zod';
import { expect, test } from 'vitest';
import { configSchema as gateway } from '../../services/api-gateway/config.ts';
import { configSchema as cli } from '../../services/cli/config.ts';
import { configSchema as launcher } from '../../services/launcher/config.ts';
import { configSchema as rotorDriver } from '../../services/rotor-driver/config.ts';
import { configSchema as orchestrator } from '../../services/scan-orchestrator/config.ts';
import { configSchema as sampler } from '../../services/sdr-sampler/config.ts';
import { configSchema as analyst } from '../../services/sky-analyst/config.ts';
import { configSchema as siteLink } from '../../services/site-link/config.ts';
import { configSchema as simulator } from '../../services/simulator/config.ts';
import { grpcVariables } from '#shared/runtime/grpc-credentials';
import { metricsVariables } from '#shared/runtime/metrics';
import { mqttVariables } from '#shared/runtime/mqtt-client';
import { siteVariables } from '#shared/rotor/site-variables';
import { sunVariables } from '#shared/rotor/sun-variables';
import { suspendVariables } from '#shared/rotor/suspend-rules';

// docs/configuration.md is generated from the configuration schemas by `npm run docs`.

const HEAD = `# Configuration

<!-- Made from the schemas of the services by \`npm run docs\`. Change the schemas. -->

Everything is set in the environment. Each variable can be given as a file instead, for secrets: \`API_KEYS_FILE=/run/secrets/keys\`. An
invalid value aborts startup with one message that names every problem. \`LOG_LEVEL\` of every program is fatal, error, warn, info (the default),
debug or silent.
`;

/** Variables shared by all services are listed once. */
const COMMON = z.object({ ...mqttVariables, ...metricsVariables, ...grpcVariables });
const PLACE = z.object({ ...siteVariables, ...sunVariables, ...suspendVariables });
const LISTED = new Set([...Object.keys(COMMON.shape), ...Object.keys(PLACE.shape)]);

const SECTIONS: [title: string, intro: string, schema: z.ZodObject][] = [
  ['npm start', 'Passes everything else in its environment to the services.', launcher],
  ['All services', 'The launcher sets what the services need of these.', COMMON],
  ['Where the rotator stands', 'For api-gateway, scan-orchestrator and rotor-driver.', PLACE],
  ['api-gateway', '', gateway],
  ['scan-orchestrator', '', orchestrator],
  ['rotor-driver', '', rotorDriver],
  ['sdr-sampler', '', sampler],
  ['sky-analyst', '', analyst],
  [
    'site-link',
    'Only at a site that dials its gateways ([deploy.md](deploy.md#a-site-that-dials-in)).',
    siteLink,
  ],
  ['simulator', '', simulator],
  ['skyscan, the command line', '', cli],
];

test('docs/configuration.md matches the schemas', async () => {
  const sections = SECTIONS.map(([title, intro, schema]) => {
    const hidden = schema === COMMON || schema === PLACE || schema === launcher ? new Set<string>() : LISTED;
    return `## ${title}\n\n${intro}\n\n${tableOf(schema, hidden)}`;
  });
  const text = await format([HEAD, ...sections].join('\n\n'), { parser: 'markdown' });
  await expect(text).toMatchFileSnapshot('../../docs/configuration.md');
});

function tableOf(schema: z.ZodObject, hidden: ReadonlySet<string>): string {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const rows = Object.entries(properties)
    .filter(([name]) => !hidden.has(name))
    .map(([name, property]) => {
      const { default: value, description } = property as { default?: string | number; description?: string };
      if (!description) throw new Error(`${name} has no description`);
      return `| \`${name}\` | ${value ?? ''} | ${description} |`;
    });
  return ['| variable | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}
