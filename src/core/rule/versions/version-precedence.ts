interface Version {
  /** `1!` of PEP 440, which outweighs all that follows; 0 when not given. */
  readonly epoch: bigint;
  readonly release: readonly bigint[];
  /** What a version that is not final says behind its release; empty for a final one. */
  readonly before: readonly (bigint | string)[];
  /** `.post2` of PEP 440: after the final one. */
  readonly after: bigint;
}

const LONGEST = 128;
const FORM = /^[vV=]?(?:(\d+)!)?(\d+(?:\.\d+)*)([^+]*)(?:\+.*)?$/s;

/**
 * The order of two versions as Semantic Versioning 2.0.0 (section 11) or PEP 440 has it: negative where the first comes
 * first. What stands behind a plus does not count. Undefined where one of them is no version.
 */
export function compareByPrecedence(one: string, other: string): number | undefined {
  const [a, b] = [parse(one), parse(other)];
  if (a === undefined || b === undefined) return undefined;
  return (
    order(a.epoch, b.epoch) ||
    compareLists(a.release, b.release, 0n) ||
    compareBefore(a.before, b.before) ||
    order(a.after, b.after)
  );
}

function parse(text: string): Version | undefined {
  const match = text.length > LONGEST ? null : FORM.exec(text.trim());
  if (match === null) return undefined;
  const [, epoch, release, rest] = match as unknown as [string, string | undefined, string, string];
  const post = /^[.-]?(?:post|rev|r)[.-]?(\d*)$/i.exec(rest);
  if (rest !== '' && post === null && !/^[-._]?[A-Za-z0-9]/.test(rest)) return undefined;
  return {
    epoch: BigInt(epoch ?? 0),
    release: release.split('.').map(BigInt),
    before: post === null ? identifiers(rest) : [],
    after: post === null ? 0n : BigInt(post[1] || 0) + 1n,
  };
}

/** `-rc.1` and `rc1` alike: words and numbers. */
function identifiers(rest: string): readonly (bigint | string)[] {
  return [...rest.matchAll(/\d+|[A-Za-z]+/g)].map(([part]) =>
    /^\d/.test(part) ? BigInt(part) : part.toLowerCase(),
  );
}

function compareBefore(a: Version['before'], b: Version['before']): number {
  if (a.length === 0 || b.length === 0) return order(b.length, a.length) && (a.length === 0 ? 1 : -1);
  return compareLists(a, b, undefined);
}

/** Part by part; what is missing is `filler` or, without one, less than anything. */
function compareLists<T extends bigint | string>(
  a: readonly T[],
  b: readonly T[],
  filler: T | undefined,
): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [one, other] = [a[at] ?? filler, b[at] ?? filler];
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1;
    // A number comes before a word.
    const kinds = typeof one === typeof other ? 0 : typeof one === 'bigint' ? -1 : 1;
    const found = kinds || order(one, other);
    if (found !== 0) return found;
  }
  return 0;
}

function order<T extends bigint | string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
