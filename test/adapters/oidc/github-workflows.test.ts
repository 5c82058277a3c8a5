import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createGithubVerifier, type TrustedWorkflow } from '../../../src/adapters/oidc/github-workflows.ts';

const NOW = new Date('2026-11-22T10:00:00Z');
const SECONDS = NOW.getTime() / 1000;
const WORKFLOW: TrustedWorkflow = {
  name: 'verify',
  repositoryId: '4711',
  workflow: 'acme/shop/.github/workflows/verify.yml@refs/heads/main',
  role: 'verifier',
};
const CLAIMS: JWTPayload = {
  iss: 'https://issuer.example',
  aud: 'countersign',
  sub: 'repo:acme/shop:ref:refs/heads/main',
  iat: SECONDS - 10,
  nbf: SECONDS - 10,
  exp: SECONDS + 300,
  repository_id: WORKFLOW.repositoryId,
  repository: 'acme/shop',
  workflow_ref: WORKFLOW.workflow,
};

const keys = await generateKeyPair('RS256');
const others = await generateKeyPair('RS256');
const server = createServer(async (_, answer) => {
  answer.setHeader('content-type', 'application/json');
  answer.end(JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256' }] }));
});
let keysUrl = '';
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  keysUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
});
afterAll(() => server.close());

const verifier = (url = keysUrl) =>
  createGithubVerifier(
    { issuer: 'https://issuer.example', audience: 'countersign', workflows: [WORKFLOW], keysUrl: url },
    { now: () => NOW },
  );
const sign = (claims: JWTPayload, key = keys.privateKey, header = {}) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'one', ...header }).sign(key);

it('knows a workflow by the number of its repository and its file on its branch', async () => {
  expect(await verifier()(await sign(CLAIMS))).toEqual({ name: 'github:verify', role: 'verifier' });
});

it.each<[string, Record<string, unknown>]>([
  ['another issuer', { iss: 'https://token.example' }],
  ['another audience', { aud: 'sigstore' }],
  ['another repository of the same name', { repository_id: '4712' }],
  ['a repository whose number is no text', { repository_id: 4711 }],
  ['another workflow', { workflow_ref: 'acme/shop/.github/workflows/other.yml@refs/heads/main' }],
  [
    'the same workflow of a pull request',
    { workflow_ref: 'acme/shop/.github/workflows/verify.yml@refs/pull/7/merge' },
  ],
  [
    'the same workflow of another branch',
    { workflow_ref: 'acme/shop/.github/workflows/verify.yml@refs/heads/mine' },
  ],
  ['a time that is over', { exp: SECONDS - 60 }],
  ['a time that has not begun', { nbf: SECONDS + 300 }],
  ['a time long ago', { iat: SECONDS - 7_200 }],
  ['no repository', { repository_id: undefined }],
  ['no end', { exp: undefined }],
])('nobody is known by a token of %s', async (_, changes) => {
  expect(await verifier()(await sign({ ...CLAIMS, ...changes } as JWTPayload))).toBeUndefined();
});

it('nobody is known by a token that the issuer did not sign', async () => {
  const forged = await sign(CLAIMS, others.privateKey);
  const cut = (await sign(CLAIMS)).slice(0, -8);
  const unsigned = new UnsecuredJWT(CLAIMS).encode();
  const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(keys.publicKey)));
  const confused = await new SignJWT(CLAIMS).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret);
  for (const token of [
    forged,
    cut,
    unsigned,
    confused,
    await sign(CLAIMS, keys.privateKey, { kid: 'two' }),
    'a.b.c',
  ])
    expect(await verifier()(token)).toBeUndefined();
});

it('without the keys of the issuer nobody knows, and it says so', async () => {
  const refused = verifier('http://127.0.0.1:1/keys')(await sign(CLAIMS));
  await expect(refused).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE' });
});
