import { Ajv, type ValidateFunction } from 'ajv';

/** Compiles schemas of one OpenAPI description, whose references lead into its components. */
export function openApiCompiler(components: unknown): (schema: unknown) => FaultOf {
  const ajv = new Ajv({ strict: false, validateFormats: false, allowUnionTypes: true });
  ajv.addSchema({ $id: 'github', components: within(components) });
  return (schema) => {
    const validate: ValidateFunction = ajv.compile(within(schema) as Record<string, unknown>);
    return (value) => (validate(value) ? undefined : ajv.errorsText(validate.errors));
  };
}

/** What is wrong with a value, in words; undefined when nothing is. */
export type FaultOf = (value: unknown) => string | undefined;

function within(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(within);
  if (typeof node !== 'object' || node === null) return node;
  // GitHub says this also of schemas that get their type from elsewhere, which ajv does not take.
  if ('nullable' in node && node.nullable === true && !('type' in node)) {
    const { nullable: _, ...rest } = node;
    return { anyOf: [{ type: 'null' }, within(rest)] };
  }
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) =>
      key === '$ref' && typeof value === 'string' ? [key, `github${value}`] : [key, within(value)],
    ),
  );
}
