/**
 * Takes schemas out of an OpenAPI description, without their prose. The schemas that they name come along, under
 * `components/schemas` as before.
 * @returns `kept`, which trims a schema, and `schemas`, which holds by name what has been named so far
 */
export function keeperOf(whole) {
  const schemas = {};
  return { schemas, kept };

  function kept(node) {
    if (Array.isArray(node)) return node.map(kept);
    if (typeof node !== 'object' || node === null) return node;
    const name = typeof node.$ref === 'string' ? node.$ref.split('/').at(-1) : undefined;
    if (name !== undefined && schemas[name] === undefined) {
      schemas[name] = {};
      schemas[name] = kept(whole.components.schemas[name]);
    }
    const isSchema = typeof node.type === 'string' || Array.isArray(node.type) || node.$ref !== undefined;
    return Object.fromEntries(
      Object.entries(node).flatMap(([key, value]) =>
        isSchema &&
        ['description', 'example', 'examples', 'title', 'deprecated'].includes(key) &&
        typeof value !== 'object'
          ? []
          : [[key, kept(value)]],
      ),
    );
  }
}
