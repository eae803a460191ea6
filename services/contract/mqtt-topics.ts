import type { z } from 'zod';
import {
  characterisationMessageSchema,
  pointMessageSchema,
  positionMessageSchema,
  serviceStatusMessageSchema,
  statusMessageSchema,
} from './mqtt-messages.ts';

/** What is published below the base topic (`MQTT_BASE_TOPIC`), always at QoS 1. */
export interface MqttTopic {
  /** Below the base topic. */
  address: string;
  /** With the id of the message. */
  payload: z.ZodObject;
  /** Whether the broker keeps the last message for clients that subscribe later. */
  retained: boolean;
  /** When a message is published. */
  when: string;
}

export const MQTT_QOS = 1;

/** Every topic with its payload; docs/mqtt.md describes them for others. */
export const MQTT_TOPICS = {
  sessionPoints: {
    address: 'sessions/{session_id}/points',
    payload: pointMessageSchema,
    retained: false,
    when: 'A point was measured',
  },
  sessionStatus: {
    address: 'sessions/{session_id}/status',
    payload: statusMessageSchema,
    retained: true,
    when: 'The status, the notes, the fault or the expected end of a session changed',
  },
  rotorPosition: {
    address: 'rotors/{rotor_id}/position',
    payload: positionMessageSchema,
    retained: true,
    when: 'A rotator reported its position; at most five a second while it moves',
  },
  rotorCharacterisation: {
    address: 'rotors/{rotor_id}/characterisation',
    payload: characterisationMessageSchema,
    retained: false,
    when: 'Progress of a characterisation; at most five a second',
  },
  serviceStatus: {
    address: 'services/{service_name}/status',
    payload: serviceStatusMessageSchema,
    retained: true,
    when: 'A service connected or disconnected (last will), and once a minute',
  },
} as const satisfies Record<string, MqttTopic>;

export interface Topics {
  sessionPoints(sessionId: number): string;
  sessionStatus(sessionId: number): string;
  rotorPosition(rotorId: number): string;
  rotorCharacterisation(rotorId: number): string;
  serviceStatus(name: string): string;
  /** Subscriptions: every session's points, every session's status. */
  allPoints: string;
  allStatuses: string;
  /** Which session's message this is; undefined for any other topic. */
  parseSession(topic: string): { sessionId: number; leaf: 'points' | 'status' } | undefined;
  /** Whose position this is; undefined for any other topic. */
  parseRotorPosition(topic: string): number | undefined;
}

/** The names of the topics below a base topic. */
export function createTopics(base = 'skyscan'): Topics {
  const nameOf = (topic: keyof typeof MQTT_TOPICS, id: number | string) =>
    `${base}/${MQTT_TOPICS[topic].address.replace(PARAMETER, String(id))}`;
  const points = patternOf(base, MQTT_TOPICS.sessionPoints.address);
  const status = patternOf(base, MQTT_TOPICS.sessionStatus.address);
  const position = patternOf(base, MQTT_TOPICS.rotorPosition.address);
  return {
    sessionPoints: (id) => nameOf('sessionPoints', id),
    sessionStatus: (id) => nameOf('sessionStatus', id),
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

/** The topic with an id, which the expression finds. */
function patternOf(base: string, address: string): RegExp {
  const escaped = base.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped}/${address.replace(PARAMETER, '([1-9]\\d{0,9})')}$`);
}
