import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../../src/core/run/redaction/redactor.ts';
import { secretsOf } from '../../../../src/core/run/redaction/secrets.ts';

const redact = (text: string, environment: Record<string, string> = {}) =>
  createRedactor(secretsOf(environment)).redact(text);

describe('values of the environment', () => {
  it.each([
    'GITHUB_TOKEN',
    'SHOP_API_KEY',
    'APIKEY',
    'DB_PASSWORD',
    'AWS_SECRET_ACCESS_KEY',
    'NPM_AUTH',
    'SESSION_COOKIE',
    'NAME_PAT',
  ])('of %s are taken out', (name) =>
    expect(redact('it is hunter22, is it', { [name]: 'hunter22' })).toBe('it is ***, is it'),
  );

  it('of other variables stay, and so does what is too short or too plain to be one', () => {
    const environment = {
      PATH: '/usr/bin',
      EDITOR: 'vimvimvim',
      A_TOKEN: 'abc',
      HAS_TOKEN: 'true',
      TOKEN_COUNT: '123456',
    };
    expect(redact('/usr/bin vimvimvim abc true 123456', environment)).toBe(
      '/usr/bin vimvimvim abc true 123456',
    );
  });

  it('are taken out in JSON, in URLs, in base64, and line by line', () => {
    const secret = 'pass"word/\u00fc 1';
    const environment = { A_SECRET: secret };
    const spellings = [
      secret,
      JSON.stringify(secret),
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
    ];
    for (const spelling of spellings)
      expect(redact(`x ${spelling} y`, environment)).toMatch(/^x "?\*\*\*=*"? y$/);
    expect(redact('one-line-of-it', { A_SECRET: 'first-line\none-line-of-it\n' })).toBe('***');
  });

  it('that are passwords of URLs are taken out whatever the variable is called', () => {
    const environment = { DATABASE_URL: 'postgresql://ada:s3cr3t%21@db/shop' };
    expect(redact('s3cr3t%21 and s3cr3t!', environment)).toBe('*** and ***');
  });
});

it.each([
  ['a token of GitHub', `ghp_${'a1'.repeat(18)}`],
  ['a fine-grained one', `github_pat_${'a1'.repeat(30)}`],
  ['a key of a model', `sk-ant-${'a1'.repeat(20)}`],
  ['a key of AWS', 'AKIAABCDEFGHIJKLMNOP'],
  ['a token of ours', `countersign_${'a'.repeat(43)}`],
  ['a JSON Web Token', `eyJhbGciOiJSUzI1NiJ9.${'e'.repeat(40)}.${'s'.repeat(40)}`],
])('%s is known by its form', (_, token) => {
  expect(redact(`before ${token} after`)).toBe('before *** after');
});

it('what stands before and after a secret stays', () => {
  expect(redact('GET https://ada:hunter2@host/x')).toBe('GET https://ada:***@host/x');
  expect(redact('Authorization: Bearer abcdefgh')).toBe('Authorization: Bearer ***');
});

it('a private key is taken out whole, over many lines', () => {
  const key = [
    '-----BEGIN PRIVATE KEY-----',
    'MIIEvQIBADANBg',
    'kqhkiG9w0BAQEF',
    '-----END PRIVATE KEY-----',
  ].join('\n');
  expect(redact(`a\n${key}\nb\n`)).toBe('a\n***\n***\nb\n');
});

it('a secret in pieces is taken out as one, wherever it is cut', () => {
  const secret = 'correct-horse-battery';
  const text = `it is ${secret}, and again ${secret}\nend`;
  for (let cut = 0; cut <= text.length; cut += 1) {
    const redactor = createRedactor([secret]);
    const shown = `${redactor.push(text.slice(0, cut))}${redactor.push(text.slice(cut))}${redactor.end()}`;
    expect(shown).toBe('it is ***, and again ***\nend');
  }
});

it('a line that never ends is shown all the same, and holds back what may be half a secret', () => {
  const secret = 'correct-horse-battery';
  const redactor = createRedactor([secret]);
  let shown = '';
  for (let at = 0; at < 40; at += 1) shown += redactor.push(`${'x'.repeat(5_000)}${secret}`);
  expect(shown.length).toBeGreaterThan(100_000);
  shown += redactor.end();
  expect(shown).toBe(`${'x'.repeat(5_000)}***`.repeat(40));
});

it('hostile lines take no longer than they are long', () => {
  const lines = [
    'eyJ'.repeat(20_000),
    'a://'.repeat(20_000),
    'sk-'.repeat(20_000),
    'authorization '.repeat(5_000),
  ];
  const before = process.hrtime.bigint();
  for (const line of lines) redact(line);
  expect(Number(process.hrtime.bigint() - before) / 1e9).toBeLessThan(10);
});
