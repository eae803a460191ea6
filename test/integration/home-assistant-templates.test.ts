import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { MQTT_COMMANDS } from '#contract/command-messages';
import { homeAssistantDeviceSchema } from '#contract/home-assistant';
import { checkCommand } from '../../services/api-gateway/commands/check-command.ts';
import { rotorDevice, type RotorFacts } from '../../services/api-gateway/home-assistant/rotor-device.ts';
import { siteDevice } from '../../services/api-gateway/home-assistant/site-device.ts';
import { mapStep, scanMessage } from '../../services/api-gateway/home-assistant/state.ts';
import { describeUnless } from '../support/peers.ts';

// The messages, and what the template engine of Home Assistant makes of their templates.

const SETTINGS = {
  prefix: 'homeassistant',
  base: 'home/sky',
  gatewayStatus: 'home/sky/services/gateway/status',
  version: '1.0.0',
  dashboard: 'https://sky.example.org',
};
const ROTOR: RotorFacts = {
  id: 7,
  name: 'Roof\nnorth',
  siteId: 2,
  siteName: 'hill',
  unit: 'dBm',
  commands: MQTT_COMMANDS,
  schedules: [{ id: 3, name: 'Horizon' }],
};
const SCAN = {
  session_id: 9,
  status: 'running',
  completed_points: 5,
  total_points: 10,
  started_at: null,
  finished_at: null,
  eta: new Date('2027-03-28T01:00:00Z'),
  resumes_itself: null,
  fault: null,
  notes: null,
  mean_dbm: -93.46,
  is_calibrated: true,
  measured_at: null,
} as const;

test('devices satisfy the schema, with topics of a base topic that has several levels', () => {
  const { topic, message } = rotorDevice(ROTOR, SETTINGS);
  expect(topic).toBe('homeassistant/device/home_sky_rotor_7/config');
  expect(homeAssistantDeviceSchema.parse(message).dev).toMatchObject({
    name: 'Roof north',
    via_device: 'home_sky_site_2',
    configuration_url: 'https://sky.example.org',
  });
  expect(
    homeAssistantDeviceSchema.parse(siteDevice({ id: 2, name: 'hill' }, SETTINGS).message),
  ).toBeDefined();
});

test.each([
  ['dBm', 'signal_strength'],
  ['dBFS', undefined],
] as const)('a level in %s has the class %s', (unit, deviceClass) => {
  const { level } = rotorDevice({ ...ROTOR, unit }, SETTINGS).message.cmps;
  expect(level).toMatchObject({ unit_of_measurement: unit });
  expect(level && 'device_class' in level ? level.device_class : undefined).toBe(deviceClass);
});

test('the schema refuses what Home Assistant would ignore', () => {
  const { message } = rotorDevice(ROTOR, SETTINGS);
  const withLevel = (change: object) => ({
    ...message,
    cmps: { level: { ...message.cmps['level'], ...change } },
  });
  for (const broken of [
    withLevel({ unit_of_measurement: 'dBFS' }),
    withLevel({ unique_id: undefined }),
    withLevel({ p: undefined }),
    { ...message, o: {} },
    { ...message, dev: { ...message.dev, ids: [] } },
  ])
    expect(homeAssistantDeviceSchema.safeParse(broken).success).toBe(false);
});

test('a rotor whose commands are off has no buttons; with stop, one', () => {
  const buttons = (commands: RotorFacts['commands']) =>
    Object.entries(rotorDevice({ ...ROTOR, commands }, SETTINGS).message.cmps)
      .filter(([, { p }]) => p === 'button')
      .map(([key]) => key);
  expect(buttons([])).toEqual([]);
  expect(buttons(['stop'])).toEqual(['stop']);
  expect(buttons(MQTT_COMMANDS)).toEqual(['stop', 'park', 'pause', 'resume', 'cancel', 'start_3']);
});

test.each([
  ['no point', { completed_points: 0 }, undefined],
  ['below 5 %', { total_points: 1_000, completed_points: 49 }, undefined],
  ['5 %', { total_points: 1_000, completed_points: 50 }, '9:step 1'],
  ['still 5 %', { total_points: 1_000, completed_points: 99 }, '9:step 1'],
  ['cancelled early', { status: 'cancelled' as const, total_points: 1_000, completed_points: 3 }, '9:3'],
  ['the end', { status: 'completed' as const, completed_points: 10 }, '9:10'],
])('the map of a scan at %s', (_what, change, step) => {
  expect(mapStep({ ...SCAN, ...change })).toBe(step);
});

const PYTHON = '/usr/bin/python3';
const hasJinja = spawnSync(PYTHON, ['-c', 'import jinja2']).status === 0;

/** Renders templates as Home Assistant does: `value_json` is a message, `utcnow` the time. */
const RENDER = `
import datetime, json, sys, jinja2
env = jinja2.Environment()
env.globals['utcnow'] = lambda: datetime.datetime.now(datetime.timezone.utc)
tasks = json.load(sys.stdin)
print(json.dumps([env.from_string(t['template']).render(value_json=t['value'], value='PRESS') for t in tasks]))
`;

function render(tasks: { template: string; value: object }[]): string[] {
  const input = JSON.stringify(tasks);
  return JSON.parse(execFileSync(PYTHON, ['-c', RENDER], { input, encoding: 'utf8' })) as string[];
}

describeUnless(hasJinja ? undefined : 'python3-jinja2 is not installed', 'with the real Jinja', () => {
  const { cmps } = rotorDevice(ROTOR, SETTINGS).message;
  const states = (value: object, keys: string[]) =>
    render(
      keys.map((key) => {
        const component = cmps[key];
        return {
          template: component && 'value_template' in component ? component.value_template : '',
          value,
        };
      }),
    );

  test('the states of a scan', () => {
    const keys = ['status', 'progress', 'eta', 'level', 'suspended', 'problem'];
    const rotor = { id: 7, dbm_offset_db: null };
    expect(states(scanMessage(rotor, SCAN), keys)).toEqual([
      ...['running', '50', '2027-03-28T01:00:00.000Z', '-93.5', 'OFF', 'OFF'],
    ]);
    const suspended = { ...SCAN, status: 'paused', resumes_itself: true } as const;
    expect(states(scanMessage(rotor, suspended), keys)).toEqual([
      ...['paused', '50', 'None', '-93.5', 'ON', 'OFF'],
    ]);
    // Home Assistant shows None as unknown.
    expect(states(scanMessage(rotor, undefined), keys)).toEqual([
      ...['idle', 'None', 'None', 'None', 'OFF', 'OFF'],
    ]);
  });

  test('a position', () => {
    const position = { azimuth: 175.4, elevation: 11, moving: true };
    expect(states(position, ['azimuth', 'elevation', 'moving'])).toEqual(['175.4', '11', 'ON']);
  });

  test('the command of every button is accepted, and each press has another id', () => {
    const pressed = MQTT_COMMANDS.flatMap((command) => {
      const button = cmps[command === 'start' ? 'start_3' : command];
      const template = button && 'command_template' in button ? button.command_template : '';
      return render([1, 2].map(() => ({ template, value: {} }))).map((payload) =>
        checkCommand({ command, payload, isRetained: false }, MQTT_COMMANDS, Date.now()),
      );
    });
    const ids = pressed.map((checked) => ('message' in checked ? checked.message.id : checked.refusal));
    expect(new Set(ids.filter((id) => id.startsWith('ha-'))).size).toBe(2 * MQTT_COMMANDS.length);
  });
});
