import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { rotorMessageSchema } from '#contract/live/rotor-messages';
import { detailedSessionMessageSchema, sessionMessageSchema } from '#contract/live/session-messages';
import { MQTT_TOPICS } from '#contract/mqtt-topics';

const MQTT_SCHEMAS = Object.values(MQTT_TOPICS).map(({ address, payload }): [RegExp, z.ZodType] => [
  new RegExp(`/${address.replace(/\{\w+_id\}/, '\\d+').replace(/\{\w+\}/, '[\\w-]+')}$`),
  payload,
]);

/** Parses a WebSocket message. Throws when it does not match the contract exactly. */
export function checkedLiveMessage(url: string, text: string): unknown {
  if (url.includes('/ws/rotors/')) return checked(rotorMessageSchema, url, text);
  const full = url.includes('detail=full');
  return checked(full ? detailedSessionMessageSchema : sessionMessageSchema, url, text);
}

/** Parses an MQTT message in the same way. */
export function checkedMqttMessage(topic: string, text: string): unknown {
  const schema = MQTT_SCHEMAS.find(([pattern]) => pattern.test(topic))?.[1];
  if (!schema) throw new Error(`the contract has no schema for ${topic}`);
  return checked(schema, topic, text);
}

function checked(schema: z.ZodType, where: string, text: string): unknown {
  const message = JSON.parse(text) as unknown;
  const { data, error } = schema.safeParse(message);
  if (error) throw new Error(`${where}: ${error.message} in ${text}`);
  // Fields that the schema does not define are missing in its output.
  if (!isDeepStrictEqual(data, message)) throw new Error(`${where}: fields outside the contract in ${text}`);
  return message;
}
