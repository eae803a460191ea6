/** A field in the OpenAPI document. */
export interface FieldDescription {
  type?: string | string[];
  enum?: string[];
  default?: unknown;
  description?: string;
  minimum?: number;
  maximum?: number;
  /** Name of the field in a form. */
  'x-label'?: string;
  'x-unit'?: string;
  $ref?: string;
  anyOf?: FieldDescription[];
  allOf?: FieldDescription[];
}

/** The part of the OpenAPI document that forms are generated from. */
export interface ApiDescription {
  components: {
    schemas: Record<string, { properties?: Record<string, FieldDescription> } | undefined>;
  };
}
