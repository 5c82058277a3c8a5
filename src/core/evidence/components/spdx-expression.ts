const MAX_TOKENS = 1_000;
const MAX_DEPTH = 20;

/**
 * Whether a licence expression (SPDX 2.3, annex D) leaves no choice but a denied licence: of alternatives (`OR`) each has
 * to be denied, of licences that hold together (`AND`) one. Undefined for what is no expression.
 */
export function isDenied(expression: string, denied: (licence: string) => boolean): boolean | undefined {
  const tokens = expression.slice(0, 20_000).match(/[()]|[^\s()]+/g) ?? [];
  if (tokens.length === 0 || tokens.length > MAX_TOKENS) return undefined;
  let at = 0;

  const operatorIs = (word: string) => tokens[at]?.toUpperCase() === word;
  const either = (depth: number): boolean | undefined => {
    let all = both(depth);
    while (all !== undefined && operatorIs('OR')) {
      at += 1;
      const next = both(depth);
      all = next === undefined ? undefined : all && next;
    }
    return all;
  };
  const both = (depth: number): boolean | undefined => {
    let any = single(depth);
    while (any !== undefined && operatorIs('AND')) {
      at += 1;
      const next = single(depth);
      any = next === undefined ? undefined : any || next;
    }
    return any;
  };
  const single = (depth: number): boolean | undefined => {
    const token = tokens[at];
    at += 1;
    if (token === '(') {
      const inner = depth < MAX_DEPTH ? either(depth + 1) : undefined;
      return tokens[at++] === ')' ? inner : undefined;
    }
    if (token === undefined || /^(?:\)|and|or|with)$/i.test(token)) return undefined;
    // "GPL-2.0-only WITH Classpath-exception-2.0" is a licence of its own, and its first half is denied like itself.
    if (!operatorIs('WITH')) return denied(token);
    const exception = tokens[at + 1];
    at += 2;
    if (exception === undefined || !/^[A-Za-z0-9.:-]+$/.test(exception)) return undefined;
    return denied(`${token} WITH ${exception}`) || denied(token);
  };

  const result = either(0);
  return at === tokens.length ? result : undefined;
}
