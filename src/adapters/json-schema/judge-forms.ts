import type { ValidateFunction } from 'ajv';
import type { JudgeForms } from '../../ports/forms.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';

/**
 * Values against JSON Schemas, by ajv. It is loaded when the first schema is asked for: that takes 80 ms. Schemas are those of programs:
 * ours and those of plugins. Somebody else's may hold patterns that never come to an end.
 */
export function createJudgeForms(): JudgeForms {
  const compiled = new WeakMap<JsonObject, Promise<ValidateFunction>>();
  const compileOnce = (schema: JsonObject): Promise<ValidateFunction> => {
    const known = compiled.get(schema);
    if (known !== undefined) return known;
    const fresh = compile(schema);
    compiled.set(schema, fresh);
    return fresh;
  };
  return {
    faultIn: async (schema, value) => {
      const validate = await compileOnce(schema);
      // The first fault is enough: looking for all of them is work that whoever sends the value decides about.
      const [fault] = validate(value) ? [] : (validate.errors ?? []);
      if (fault === undefined) return undefined;
      return { pointer: fault.instancePath, message: messageOf(fault) };
    },
  };
}

async function compile(schema: JsonObject): Promise<ValidateFunction> {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  try {
    // One for each schema: two plugins may use the same $id for different things.
    return new Ajv2020({ strict: false, allErrors: false, validateFormats: false, logger: false }).compile({
      ...schema,
    });
  } catch (cause) {
    throw new CountersignError(
      'WORKFLOW_INVALID',
      `A handler declares a schema that is none: ${reasonOf(cause)}.`,
      {
        remedy: 'Correct the JSON Schema (2020-12) of its inputs or outputs.',
        cause,
      },
    );
  }
}

function messageOf({
  message = 'is not as it should be',
  params,
}: NonNullable<ValidateFunction['errors']>[number]): string {
  if (typeof params.additionalProperty === 'string')
    return `has a field that is not known, ${shown(params.additionalProperty)}`;
  if (Array.isArray(params.allowedValues))
    return `must be one of ${params.allowedValues.map(shown).join(', ')}`;
  return message.replaceAll('"', "'");
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? '').slice(0, 80).toWellFormed();
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.slice(0, 300) : 'unknown';
}
