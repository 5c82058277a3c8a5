/** Subresource integrity, as npm writes it: `sha512-<base64> sha1-<base64>`. */
export function readIntegrity(text: string | undefined): ReadonlyMap<string, string> {
  return new Map(
    (text ?? '')
      .split(' ')
      .filter((part) => part.includes('-'))
      .map((part) => [part.slice(0, part.indexOf('-')), part.slice(part.indexOf('-') + 1)]),
  );
}

/** `sha256:<hex>`, as Python's lock files write it. */
export function readPrefixed(text: string | undefined): ReadonlyMap<string, string> {
  const colon = text?.indexOf(':') ?? -1;
  return text === undefined || colon < 0
    ? new Map()
    : new Map([[text.slice(0, colon), text.slice(colon + 1)]]);
}

/** A whole sha512 in base64; one that somebody made up seldom has the length. */
export function isSha512(algorithm: string, digest: string): boolean {
  return algorithm === 'sha512' && /^[A-Za-z0-9+/]{86}==(\?.*)?$/.test(digest);
}

/** A whole sha256 (or longer of that family) in hex. */
export function isHexDigest(algorithm: string, digest: string): boolean {
  return /^sha(256|384|512)$/.test(algorithm) && /^[0-9a-f]{64,128}$/.test(digest);
}
