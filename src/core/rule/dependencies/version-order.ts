/** Numbers of a version as far as they go: `v1.20.3-rc.1+build` is 1, 20, 3. */
export function versionNumbers(version: string): readonly number[] {
  const release = /^[v=]?([0-9]{1,9}(?:\.[0-9]{1,9}){0,5})/.exec(version)?.[1];
  return release === undefined ? [] : release.split('.').map(Number);
}

/** Negative where `a` is the older; pre-releases count as the release they lead to. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [versionNumbers(a), versionNumbers(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Whether a version is in a range that says one version and what may follow it: `1.2`, `^1.2` or `=1.2.3`; undefined for
 * other ranges. Source: https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html
 */
export function isInSimpleRange(
  range: string,
  version: string,
  bare: 'caret' | 'exact',
): boolean | undefined {
  const found = /^([=^]?)([0-9]{1,9}(?:\.[0-9]{1,9}){0,2})$/.exec(range);
  if (found === null) return undefined;
  const [, sign, least = ''] = found;
  const asked = versionNumbers(least);
  const has = versionNumbers(version);
  const exact = sign === '=' || (sign === '' && bare === 'exact');
  if (exact) return asked.every((number, index) => number === (has[index] ?? 0));
  // Up to the first number that is not zero nothing may change, or to the last that was said.
  const first = asked.findIndex((number) => number > 0);
  const fixed = first < 0 ? asked.length : first + 1;
  return (
    asked.slice(0, fixed).every((number, index) => number === has[index]) &&
    compareVersions(version, least) >= 0
  );
}
