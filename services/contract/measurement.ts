import { z } from 'zod';
import { STORED_COLUMNS, type StoredColumn } from './point-columns.ts';

export const finite = z.number().refine(Number.isFinite);
export const count = z.int().min(0).max(4_294_967_295);

/** A direction, degrees. */
export const pointingSchema = z.object({ azimuth: finite, elevation: finite });
export type ApiPointing = z.infer<typeof pointingSchema>;

/** JSON types of the columns. */
interface Values {
  count: number;
  number: number;
  pointing: ApiPointing;
  flags: string[];
  /** UTC with milliseconds and `Z`. */
  time: string;
}
/**
 * A column with its own value: all except the reference, which consists of the columns with
 * `ofReference`.
 */
export type OwnColumn = Extract<StoredColumn, { type: keyof Values }>;
export type ReferenceColumn = Extract<OwnColumn, { ofReference: true }>;
export type NullableColumn = Extract<OwnColumn, { nullable: true }>;

type Fields<C extends OwnColumn> = {
  [K in C as K['name']]: Values[K['type']] | (K extends NullableColumn ? null : never);
};
/** The measurement at the reference pointing just before a point. */
export type Reference = Fields<ReferenceColumn>;
/** All data of a measured point; also an item of `GET /api/skyscan/{id}/measurements`. */
export type Measurement = Fields<OwnColumn> & { reference: Reference | null };

export const REFERENCE_COLUMNS = STORED_COLUMNS.filter(
  (column): column is ReferenceColumn => column.ofReference === true,
);

type Shape<Value> = { [Name in keyof Value]: z.ZodType<Value[Name]> };

const referenceSchema = schemaOf<Reference>(REFERENCE_COLUMNS);

/** Validates measurements from MQTT and gRPC. */
export const measurementSchema = schemaOf<Measurement>(STORED_COLUMNS);

function schemaOf<Value>(columns: readonly StoredColumn[]) {
  const fields = columns.map((column) => {
    const schema = valueSchema(column);
    // Older versions lack newer columns.
    const field = column.nullable ? schema.nullable().default(null) : schema;
    return [column.name, field.meta({ description: column.docs })];
  });
  return z.object(Object.fromEntries(fields) as Shape<Value>);
}

function valueSchema({ type, min }: StoredColumn): z.ZodType {
  switch (type) {
    case 'count':
      return count.min(min ?? 0);
    case 'number':
      return min === undefined ? finite : finite.min(min);
    case 'pointing':
      return pointingSchema;
    case 'flags':
      return z.array(z.string().max(40)).max(10);
    case 'time':
      return z.iso.datetime();
    case 'reference':
      return referenceSchema;
  }
}
