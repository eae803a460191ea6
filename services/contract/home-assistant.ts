import { z } from 'zod';

// Discovery messages of Home Assistant: one per device, retained. Home Assistant ignores what it
// does not understand without a message to the sender, so the schema is stricter.

const text = z.string().min(1);
const topic = text.regex(/^[^#+]+$/, 'must be a topic without wildcards');
const template = text.regex(/\{\{.+\}\}/s, 'must be a template');

const availabilitySchema = z.strictObject({ topic, value_template: template });

const componentFields = {
  /** Unique in Home Assistant, and permanent: it keeps history and settings under this id. */
  unique_id: z.string().regex(/^[\w-]+$/),
  name: text,
  icon: z
    .string()
    .regex(/^mdi:[a-z-]+$/)
    .optional(),
  entity_category: z.enum(['config', 'diagnostic']).optional(),
  availability: z.array(availabilitySchema).min(1).optional(),
  availability_mode: z.literal('all').optional(),
};

const attributes = { json_attributes_topic: topic.optional() };

const sensorSchema = z
  .strictObject({
    p: z.literal('sensor'),
    ...componentFields,
    ...attributes,
    state_topic: topic,
    value_template: template,
    unit_of_measurement: z.enum(['°', '%', 'dBm', 'dB', 'dBFS']).optional(),
    device_class: z.enum(['signal_strength', 'timestamp', 'enum']).optional(),
    state_class: z.literal('measurement').optional(),
    options: z.array(text).min(1).optional(),
    suggested_display_precision: z.int().min(0).optional(),
  })
  .superRefine((sensor, context) => {
    const { device_class, unit_of_measurement: unit, state_class, options } = sensor;
    const refuse = (message: string) => context.addIssue({ code: 'custom', message });
    if (device_class === 'signal_strength' && unit !== 'dBm' && unit !== 'dB')
      refuse('the signal_strength of Home Assistant has the units dB and dBm');
    if (device_class === 'timestamp' && (unit !== undefined || state_class !== undefined))
      refuse('a timestamp has no unit and no state_class');
    if ((device_class === 'enum') !== (options !== undefined)) refuse('an enum has options');
  });

const binarySensorSchema = z.strictObject({
  p: z.literal('binary_sensor'),
  ...componentFields,
  ...attributes,
  state_topic: topic,
  value_template: template,
  device_class: z.enum(['moving', 'problem', 'connectivity']).optional(),
});

const buttonSchema = z.strictObject({
  p: z.literal('button'),
  ...componentFields,
  command_topic: topic,
  command_template: template,
  qos: z.literal(1),
  /** Home Assistant must not retain commands. */
  retain: z.literal(false),
});

const imageSchema = z.strictObject({
  p: z.literal('image'),
  ...componentFields,
  image_topic: topic,
  content_type: z.literal('image/png'),
});

const eventSchema = z.strictObject({
  p: z.literal('event'),
  ...componentFields,
  state_topic: topic,
  event_types: z.array(text).min(1),
});

/** Removes a component that an older message had. */
const removedSchema = z.strictObject({ p: z.enum(['sensor', 'binary_sensor', 'button', 'image', 'event']) });

export const homeAssistantComponentSchema = z.union([
  sensorSchema,
  binarySensorSchema,
  buttonSchema,
  imageSchema,
  eventSchema,
  removedSchema,
]);
export type HomeAssistantComponent = z.infer<typeof homeAssistantComponentSchema>;

/** Payload of `{discovery prefix}/device/{device_id}/config`. */
export const homeAssistantDeviceSchema = z
  .strictObject({
    dev: z
      .strictObject({
        ids: z.array(text).min(1),
        name: text,
        manufacturer: text,
        model: text,
        sw_version: text,
        via_device: text.optional(),
        configuration_url: z.url({ protocol: /^https?$/ }).optional(),
      })
      .meta({ description: 'The device' }),
    o: z.strictObject({ name: text, sw: text }).meta({ description: 'The origin of the message' }),
    availability: z.array(availabilitySchema).min(1).meta({
      description: 'Of all components without their own: `online` on all of these topics',
    }),
    availability_mode: z.literal('all'),
    qos: z.literal(1),
    cmps: z
      .record(z.string().regex(/^\w+$/), homeAssistantComponentSchema)
      .meta({ description: 'The entities; one that has only `p` is removed' }),
  })
  .meta({ id: 'HomeAssistantDevice', description: 'A device for the MQTT discovery of Home Assistant' });
export type HomeAssistantDevice = z.infer<typeof homeAssistantDeviceSchema>;

/** Where Home Assistant looks for devices, as it is installed. */
export const DISCOVERY_PREFIX = 'homeassistant';
