import type { z } from 'zod';
import { alertListMessageSchema, alertMessageSchema } from './alert-messages.ts';
import {
  characterisationMessageSchema,
  pointMessageSchema,
  positionMessageSchema,
  serviceStatusMessageSchema,
  statusMessageSchema,
} from './mqtt-messages.ts';
import { notificationSchema } from './notifications.ts';
import { sourcesMessageSchema } from './sources-message.ts';

/** A topic below the base topic (`MQTT_BASE_TOPIC`). */
export interface MqttTopic {
  /** Below the base topic. */
  address: string;
  /** Schema with the message id. */
  payload: z.ZodObject;
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
  serviceStatus: {
    address: 'services/{service_name}/status',
    payload: serviceStatusMessageSchema,
    qos: 1,
    retained: true,
    when: 'A service connected or disconnected (last will), and once a minute',
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
  serviceStatus(name: string): string;
  /** Subscriptions to the points and to the status of every session. */
  allPoints: string;
  allStatuses: string;
  /** The session of a topic; undefined for any other topic. */
  parseSession(topic: string): { sessionId: number; leaf: 'points' | 'status' } | undefined;
  /** The rotor of a position topic; undefined for any other topic. */
  parseRotorPosition(topic: string): number | undefined;
}

/** The topic names below a base topic. */
export function createTopics(base = 'skyscan'): Topics {
  const nameOf = (topic: keyof typeof MQTT_TOPICS, id: number | string) =>
    `${base}/${MQTT_TOPICS[topic].address.replace(PARAMETER, String(id))}`;
  const points = patternOf(base, MQTT_TOPICS.sessionPoints.address);
  const status = patternOf(base, MQTT_TOPICS.sessionStatus.address);
  const position = patternOf(base, MQTT_TOPICS.rotorPosition.address);
  return {
    sessionPoints: (id) => nameOf('sessionPoints', id),
    sessionStatus: (id) => nameOf('sessionStatus', id),
    sessionSources: (id) => nameOf('sessionSources', id),
    alerts: `${base}/${MQTT_TOPICS.alerts.address}`,
    alert: (id) => nameOf('alert', id),
    notifications: `${base}/${MQTT_TOPICS.notifications.address}`,
    rotorPosition: (id) => nameOf('rotorPosition', id),
    rotorCharacterisation: (id) => nameOf('rotorCharacterisation', id),
    serviceStatus: (name) => nameOf('serviceStatus', name),
    allPoints: nameOf('sessionPoints', '+'),
    allStatuses: nameOf('sessionStatus', '+'),
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
  };
}

const PARAMETER = /\{\w+\}/;

/** Matches the topic; the group is the id. */
function patternOf(base: string, address: string): RegExp {
  const escaped = base.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped}/${address.replace(PARAMETER, '([1-9]\\d{0,9})')}$`);
}
