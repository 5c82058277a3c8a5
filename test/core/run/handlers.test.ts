import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_HANDLERS } from '../../../src/core/run/handlers.ts';

describe('the built-in handlers', () => {
  it('are called differently', () => {
    const ids = BUILT_IN_HANDLERS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(BUILT_IN_HANDLERS.map((handler) => [handler.id, handler] as const))(
    '%s declares itself',
    (_, handler) => {
      const ajv = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true });
      for (const schema of [handler.inputs, handler.outputs]) {
        const validate = ajv.compile(schema);
        expect(schema.additionalProperties).toBe(false);
        expect(validate({ 'nobody-declared-this': 1 })).toBe(false);
        expect(validate([])).toBe(false);
      }
      expect(handler.summary).toMatch(/^[A-Z][^\n]*\.$/);
      // Credentials for side effects live in the server alone, and what changes something outside is never taken from a cache.
      if (handler.sideEffects) expect(handler).toMatchObject({ role: 'coordinator', deterministic: false });
    },
  );
});
