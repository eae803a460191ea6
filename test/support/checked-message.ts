import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { rotorMessageSchema } from '#contract/live/rotor-messages';
import { detailedSessionMessageSchema, sessionMessageSchema } from '#contract/live/session-messages';
import { MQTT_TOPICS } from '#contract/mqtt-topics';

const MQTT_SCHEMAS = Object.values(MQTT_TOPICS).map(({ address, payload }): [RegExp, z.ZodType] => [
  new RegExp(`/${address.replace(/\{\w+_id\}/, '\\d+').replace(/\{\w+\}/, '[\\w-]+')}$`),
  payload,
]);

/**
 * A message of a WebSocket. Throws when the contract does not define it, or defines other fields.
 */
export function checkedLiveMessage(url: string, text: string): unknown {
  if (url.includes('/ws/rotors/')) return checked(rotorMessageSchema, url, text);
  const full = url.includes('detail=full');
  return checked(full ? detailedSessionMessageSchema : sessionMessageSchema, url, text);
}

/** The same for a message of the broker. */
export function checkedMqttMessage(topic: string, text: string): unknown {
  const schema = MQTT_SCHEMAS.find(([pattern]) => pattern.test(topic))?.[1];
  if (!schema) throw new Error(`the contract has no schema of ${topic}`);
  return checked(schema, topic, text);
}

function checked(schema: z.ZodType, where: string, text: string): unknown {
  const message = JSON.parse(text) as unknown;
  const { data, error } = schema.safeParse(message);
  if (error) throw new Error(`${where}: ${error.message} in ${text}`);
  // What a schema does not define is not in its output.
  if (!isDeepStrictEqual(data, message))
    throw new Error(`${where}: fields that the contract lacks in ${text}`);
  return message;
}
