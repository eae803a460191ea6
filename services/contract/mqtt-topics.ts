import type { z } from 'zod';
import { alertListMessageSchema, alertMessageSchema } from './alert-messages.ts';
import {
  commandMessageSchema,
  commandResultMessageSchema,
  MQTT_COMMANDS,
  type MqttCommand,
} from './command-messages.ts';
import { DISCOVERY_PREFIX, homeAssistantDeviceSchema } from './home-assistant.ts';
import { parseId } from './ids.ts';
import {
  characterisationMessageSchema,
  pointMessageSchema,
  positionMessageSchema,
  serviceStatusMessageSchema,
  statusMessageSchema,
} from './mqtt-messages.ts';
import { notificationSchema } from './notifications.ts';
import {
  rotorMapSchema,
  rotorNotesMessageSchema,
  rotorScanMessageSchema,
  siteEventMessageSchema,
  siteStateMessageSchema,
} from './rotor-state-messages.ts';
import { sourcesMessageSchema } from './sources-message.ts';

/** A topic below the base topic (`MQTT_BASE_TOPIC`). */
export interface MqttTopic {
  /** Below the base topic; of `isAbsolute` the whole topic. */
  address: string;
  isAbsolute?: boolean;
  /** Whether the gateway receives the messages; absent: it, or another service, publishes them. */
  isReceived?: boolean;
  /** Schema with the message id. */
  payload: z.ZodType;
  /** Absent: JSON. */
  contentType?: string;
  /** 0: the next message replaces a lost one. */
  qos: 0 | 1;
  /** Whether the broker keeps the last message for clients that subscribe later. */
  retained: boolean;
  /** When a message is published. */
  when: string;
}

/** All topics with their payloads; docs/mqtt.md documents them. */
export const MQTT_TOPICS = {
  sessionPoints: {
    address: 'sessions/{session_id}/points',
    payload: pointMessageSchema,
    qos: 1,
    retained: false,
    when: 'A point was measured',
  },
  sessionStatus: {
    address: 'sessions/{session_id}/status',
    payload: statusMessageSchema,
    qos: 1,
    retained: true,
    when: 'The status, the notes, the fault or the expected end of a session changed',
  },
  sessionSources: {
    address: 'sessions/{session_id}/sources',
    payload: sourcesMessageSchema,
    qos: 1,
    retained: false,
    when: 'The search for sources in a session has ended; also while it runs',
  },
  alerts: {
    address: 'alerts',
    payload: alertListMessageSchema,
    qos: 1,
    retained: true,
    when: 'An alert was raised, changed or cleared',
  },
  alert: {
    address: 'alerts/{alert_id}',
    payload: alertMessageSchema,
    qos: 1,
    retained: true,
    when: 'The alert was raised or has changed; an empty message when it is cleared',
  },
  notifications: {
    address: 'notifications',
    payload: notificationSchema,
    qos: 1,
    retained: false,
    when: 'A channel of the kind mqtt sent a message about an alert or a session',
  },
  rotorPosition: {
    address: 'rotors/{rotor_id}/position',
    payload: positionMessageSchema,
    qos: 0,
    retained: true,
    when: 'A rotator reported its position; at most five a second while it moves',
  },
  rotorCharacterisation: {
    address: 'rotors/{rotor_id}/characterisation',
    payload: characterisationMessageSchema,
    qos: 1,
    retained: false,
    when: 'Progress of a characterisation; at most five a second',
  },
  rotorScan: {
    address: 'rotors/{rotor_id}/scan',
    payload: rotorScanMessageSchema,
    qos: 1,
    retained: true,
    when: 'The scan of a rotor has changed, at most once a second; with HOME_ASSISTANT=true',
  },
  rotorNotes: {
    address: 'rotors/{rotor_id}/notes',
    payload: rotorNotesMessageSchema,
    qos: 1,
    retained: true,
    when: 'Notes or fault of the scan of a rotor have changed; with HOME_ASSISTANT=true',
  },
  rotorMap: {
    address: 'rotors/{rotor_id}/map',
    payload: rotorMapSchema,
    contentType: 'image/png',
    qos: 1,
    retained: true,
    when: 'The scan of a rotor has grown by 5 % or ended; with HOME_ASSISTANT=true',
  },
  rotorCommand: {
    address: 'rotors/{rotor_id}/command/{command}',
    isReceived: true,
    payload: commandMessageSchema,
    qos: 1,
    retained: false,
    when: 'A client sends a command; with MQTT_COMMANDS=stop or all',
  },
  rotorResult: {
    address: 'rotors/{rotor_id}/result',
    payload: commandResultMessageSchema,
    qos: 1,
    retained: false,
    when: 'A command was done, refused or has failed',
  },
  siteState: {
    address: 'sites/{site_id}/state',
    payload: siteStateMessageSchema,
    qos: 1,
    retained: true,
    when: 'The scans or alerts of a site have changed; with HOME_ASSISTANT=true',
  },
  siteEvents: {
    address: 'sites/{site_id}/events',
    payload: siteEventMessageSchema,
    qos: 1,
    retained: false,
    when: 'An alert was raised or cleared, or sources are new; with HOME_ASSISTANT=true',
  },
  serviceStatus: {
    address: 'services/{service_name}/status',
    payload: serviceStatusMessageSchema,
    qos: 1,
    retained: true,
    when: 'A service connected or disconnected (last will), and once a minute',
  },
  homeAssistantDevice: {
    address: `${DISCOVERY_PREFIX}/device/{device_id}/config`,
    isAbsolute: true,
    payload: homeAssistantDeviceSchema,
    qos: 1,
    retained: true,
    when: 'A rotor or a site was added or changed, or Home Assistant has started; an empty message when it was deleted. With HOME_ASSISTANT=true; HOME_ASSISTANT_PREFIX replaces the first level',
  },
} as const satisfies Record<string, MqttTopic>;

export interface Topics {
  sessionPoints(sessionId: number): string;
  sessionStatus(sessionId: number): string;
  sessionSources(sessionId: number): string;
  alerts: string;
  alert(alertId: number): string;
  notifications: string;
  rotorPosition(rotorId: number): string;
  rotorCharacterisation(rotorId: number): string;
  rotorScan(rotorId: number): string;
  rotorNotes(rotorId: number): string;
  rotorMap(rotorId: number): string;
  rotorCommand(rotorId: number, command: MqttCommand): string;
  rotorResult(rotorId: number): string;
  siteState(siteId: number): string;
  siteEvents(siteId: number): string;
  serviceStatus(name: string): string;
  /** Subscriptions to the points and to the status of every session. */
  allPoints: string;
  allStatuses: string;
  /** Subscription to the commands for every rotor. */
  allCommands: string;
  /** The session of a topic; undefined for any other topic. */
  parseSession(topic: string): { sessionId: number; leaf: 'points' | 'status' } | undefined;
  /** The rotor of a position topic; undefined for any other topic. */
  parseRotorPosition(topic: string): number | undefined;
  /** Rotor and command of a topic; undefined for any other topic or an unknown command. */
  parseCommand(topic: string): { rotorId: number; command: MqttCommand } | undefined;
}

/** The topic names below a base topic. */
export function createTopics(base = 'skyscan'): Topics {
  const nameOf = (topic: keyof typeof MQTT_TOPICS, ...values: (number | string)[]) =>
    `${base}/${values.reduce<string>((name, value) => name.replace(PARAMETER, String(value)), MQTT_TOPICS[topic].address)}`;
  const points = patternOf(base, MQTT_TOPICS.sessionPoints.address);
  const status = patternOf(base, MQTT_TOPICS.sessionStatus.address);
  const position = patternOf(base, MQTT_TOPICS.rotorPosition.address);
  const commands = patternOf(base, MQTT_TOPICS.rotorCommand.address);
  return {
    sessionPoints: (id) => nameOf('sessionPoints', id),
    sessionStatus: (id) => nameOf('sessionStatus', id),
    sessionSources: (id) => nameOf('sessionSources', id),
    alerts: `${base}/${MQTT_TOPICS.alerts.address}`,
    alert: (id) => nameOf('alert', id),
    notifications: `${base}/${MQTT_TOPICS.notifications.address}`,
    rotorPosition: (id) => nameOf('rotorPosition', id),
    rotorCharacterisation: (id) => nameOf('rotorCharacterisation', id),
    rotorScan: (id) => nameOf('rotorScan', id),
    rotorNotes: (id) => nameOf('rotorNotes', id),
    rotorMap: (id) => nameOf('rotorMap', id),
    rotorCommand: (id, command) => nameOf('rotorCommand', id, command),
    rotorResult: (id) => nameOf('rotorResult', id),
    siteState: (id) => nameOf('siteState', id),
    siteEvents: (id) => nameOf('siteEvents', id),
    serviceStatus: (name) => nameOf('serviceStatus', name),
    allPoints: nameOf('sessionPoints', '+'),
    allStatuses: nameOf('sessionStatus', '+'),
    allCommands: nameOf('rotorCommand', '+', '+'),
    parseSession(topic) {
      const ofPoints = points.exec(topic)?.[1];
      if (ofPoints !== undefined) return { sessionId: Number(ofPoints), leaf: 'points' };
      const ofStatus = status.exec(topic)?.[1];
      return ofStatus === undefined ? undefined : { sessionId: Number(ofStatus), leaf: 'status' };
    },
    parseRotorPosition(topic) {
      const id = position.exec(topic)?.[1];
      return id === undefined ? undefined : Number(id);
    },
    parseCommand(topic) {
      const [, id, name] = commands.exec(topic) ?? [];
      const rotorId = parseId(id);
      const command = MQTT_COMMANDS.find((each) => each === name);
      return rotorId === undefined || command === undefined ? undefined : { rotorId, command };
    },
  };
}

const PARAMETER = /\{\w+\}/;

/** Matches the topic; the first group is the id, a second one the rest of the topic. */
function patternOf(base: string, address: string): RegExp {
  const escaped = base.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = address.replace(PARAMETER, '([1-9]\\d{0,9})').replace(PARAMETER, '(\\w+)');
  return new RegExp(`^${escaped}/${pattern}$`);
}
