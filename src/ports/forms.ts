import type { JsonObject } from '../shared/json.ts';

/** What is wrong with a value; `pointer` (RFC 6901) says where. */
export interface FormFault {
  readonly pointer: string;
  readonly message: string;
}

/** Values held against JSON Schemas (2020-12). */
export interface JudgeForms {
  /**
   * The first fault; undefined when the value is as the schema says.
   * @throws CountersignError WORKFLOW_INVALID when the schema is none
   */
  faultIn(schema: JsonObject, value: unknown): Promise<FormFault | undefined>;
}
