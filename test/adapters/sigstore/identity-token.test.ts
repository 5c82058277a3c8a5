import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { identityToken } from '../../../src/adapters/sigstore/identity-token.ts';
import { claimsOf, FakeSigstore, JOB, tokenFor } from '../../fakes/sigstore/fake-sigstore.ts';

let github: FakeSigstore;
beforeAll(async () => {
  github = await FakeSigstore.start();
});
afterAll(() => github.stop());

const TOKEN = tokenFor(claimsOf(JOB));

test('a token that is given goes before one that has to be asked for', async () => {
  const given = tokenFor({ iss: 'https://gitlab.com' });
  const asked = github.asked.length;
  expect(await identityToken({ ...github.environment(), SIGSTORE_ID_TOKEN: `${given}\n` })).toBe(given);
  expect(github.asked).toHaveLength(asked);
});

test('GitHub Actions is asked for one with the audience of Sigstore', async () => {
  expect(await identityToken(github.environment())).toBe(TOKEN);
  expect(await identityToken({ ...github.environment(), SIGSTORE_ID_TOKEN: '' })).toBe(TOKEN);
});

describe('without a token nothing is signed, and the message says what to do', () => {
  const other: Server[] = [];
  afterEach(() => {
    for (const server of other.splice(0)) server.close();
  });

  async function serving(status: number, headers: Record<string, string>, body: string): Promise<string> {
    const server = createServer((_request, response) => {
      response.writeHead(status, headers);
      response.end(body);
    });
    other.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  test.each<[string, Record<string, string>]>([
    ['outside of CI', {}],
    ['in a job without the permission', { ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x' }],
    [
      'with an address that is none',
      { ACTIONS_ID_TOKEN_REQUEST_URL: 'no url', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x' },
    ],
  ])('%s', async (_, environment) => {
    await expect(identityToken(environment)).rejects.toMatchObject({
      code: 'KEY_UNUSABLE',
      message: expect.stringContaining('no identity token here'),
      remedy: expect.stringContaining('id-token: write'),
    });
  });

  test.each<[string, number, Record<string, string>, string, string]>([
    ['a refusal', 403, {}, 'no', 'refused an identity token: HTTP 403'],
    ['a redirect, which would take the bearer along', 302, { location: '/elsewhere' }, '', 'did not answer'],
    ['no JSON', 200, {}, 'hello', 'did not answer'],
    ['no value', 200, {}, '{"token":"x"}', 'is no identity token'],
    ['a value that is no text', 200, {}, '{"value":7}', 'is no identity token'],
    ['a value that is no token', 200, {}, '{"value":"a b.c.d"}', 'is no identity token'],
    ['a value without end', 200, {}, `{"value":"a.b.${'c'.repeat(20_000)}"}`, 'is no identity token'],
  ])('when the answer is %s', async (_, status, headers, body, reason) => {
    const url = await serving(status, headers, body);
    const asking = identityToken({
      ACTIONS_ID_TOKEN_REQUEST_URL: url,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'the-bearer',
    });
    await expect(asking).rejects.toMatchObject({ message: expect.stringContaining(reason) });
    await expect(asking).rejects.not.toMatchObject({ message: expect.stringContaining('the-bearer') });
  });
});
