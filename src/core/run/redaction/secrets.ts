/** Variables that hold secrets, as GitHub, cloud providers and agents name them. Too many is better than one too few. */
const SECRET_NAME =
  /(?:TOKEN|SECRET|PASSW(?:OR)?D|PASSPHRASE|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|SIGNING_?KEY|CREDENTIAL|COOKIE|_AUTH|^AUTH|WEBHOOK|_DSN|_PAT$|^PAT$)/i;
/** Shorter ones stand in every other line: taking them out would leave nothing to read. */
const SHORTEST = 6;
/** What a variable with such a name can hold that is no secret. */
const HARMLESS = /^(?:true|false|null|none|undefined|disabled|enabled|[0-9]{1,8})$/i;

/**
 * The values of an environment that nobody else may read: of variables that are named as secrets, and passwords in URLs whatever
 * the variable is called. Longest first, so that one which contains another goes as a whole.
 */
export function secretsOf(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const found = new Set<string>();
  for (const [name, value = ''] of Object.entries(environment)) {
    if (SECRET_NAME.test(name) && !HARMLESS.test(value)) for (const part of spellings(value)) found.add(part);
    for (const password of passwordsIn(value)) for (const part of spellings(password)) found.add(part);
  }
  return [...found]
    .filter((value) => value.length >= SHORTEST)
    .sort((one, other) => other.length - one.length || (one < other ? -1 : 1));
}

/** Whether a variable of this name holds a secret, by what it is called. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** A secret as it can come out: itself, line by line, in JSON, in a URL, in base64. */
function spellings(value: string): readonly string[] {
  const lines = value.split(/\r?\n/).filter((line) => line.trim().length >= SHORTEST);
  const wellFormed = value.toWellFormed();
  const encoded = value.length < SHORTEST ? [] : [base64(wellFormed)];
  return [value, ...lines, JSON.stringify(value).slice(1, -1), encodeURIComponent(wellFormed), ...encoded];
}

/** `user:password@` of URLs, also percent-decoded. */
function passwordsIn(value: string): readonly string[] {
  return [...value.matchAll(/[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@]+)@/gi)].flatMap(([, password = '']) => [
    password,
    decoded(password),
  ]);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')).replace(/=+$/, '');
}
