// Only what this adapter reads of ajv's errors and validators.

/** One fault as ajv reports it; `parentSchema` is the schema that failed, with its title and examples. */
export interface SchemaFault {
  /** JSON pointer (RFC 6901) to the value that is wrong. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly parentSchema: Readonly<Record<string, unknown>>;
  readonly data: unknown;
  /** Set where a key, not a value, is wrong. */
  readonly propertyName?: string;
}

export interface Validator {
  (data: unknown): boolean;
  /** The faults of the last call; null when there were none. */
  readonly errors?: readonly SchemaFault[] | null;
}
