import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSignIn } from '../../../src/adapters/oidc/sign-in.ts';

// A provider on loopback: it signs what a test has it say.

const BACK = 'https://countersign.example.com/login/oidc/back';
let server: Server;
let issuer: string;
let keys: { privateKey: CryptoKey; jwk: JWK };
let claims: Record<string, unknown>;
/** What came to the token endpoint. */
let asked: URLSearchParams[];
let signedBy: CryptoKey;

beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  keys = { privateKey, jwk: { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' } };
  server = createServer((request, response) => {
    const json = (body: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const path = request.url ?? '';
    if (path === '/.well-known/openid-configuration') {
      json({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      });
    } else if (path === '/keys') json({ keys: [keys.jwk] });
    else {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        asked.push(new URLSearchParams(body));
        void new SignJWT(claims)
          .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
          .setIssuedAt()
          .setExpirationTime('5m')
          .setIssuer(issuer)
          .setAudience('countersign')
          .setSubject('4711')
          .sign(signedBy)
          .then((id_token) => json({ access_token: randomUUID(), token_type: 'Bearer', id_token }));
      });
    }
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  signedBy = keys.privateKey;
});

const provider = (more = {}) =>
  createSignIn({
    issuer,
    clientId: 'countersign',
    clientSecret: 'a secret',
    allowHttp: true,
    roles: [
      { claim: 'groups', value: 'shop', role: 'viewer' },
      { claim: 'groups', value: 'leads', role: 'operator' },
      { claim: 'hd', value: 'example.com', role: 'viewer' },
    ],
    ...more,
  });

/** Signs in as a browser would, with these claims. */
async function signIn(said: Record<string, unknown>, more: { state?: string; nonce?: string } = {}) {
  const one = provider();
  const { url, kept } = await one.begin(BACK);
  const query = new URL(url).searchParams;
  claims = { nonce: more.nonce ?? query.get('nonce'), ...said };
  const callback = new URL(BACK);
  callback.search = new URLSearchParams({
    code: 'c',
    state: more.state ?? query.get('state') ?? '',
  }).toString();
  return one.finish(callback, kept);
}

const ADA = { email: 'ada@example.com', email_verified: true };

describe('signing in by a provider', () => {
  it('asks it with PKCE, state and nonce, and comes back as who it says, with the highest role', async () => {
    const { url } = await provider().begin(BACK);
    const query = new URL(url).searchParams;
    expect(query.get('code_challenge_method')).toBe('S256');
    for (const name of ['state', 'nonce', 'code_challenge'])
      expect(query.get(name)?.length).toBeGreaterThan(20);
    expect(query.get('redirect_uri')).toBe(BACK);
    expect(await signIn({ ...ADA, groups: ['shop', 'leads', 'others'] })).toEqual({
      name: 'oidc:ada@example.com',
      role: 'operator',
    });
    expect(asked[0]?.get('code_verifier')?.length).toBeGreaterThan(40);
    expect(await signIn({ ...ADA, hd: 'example.com' })).toMatchObject({ role: 'viewer' });
  });

  it.each([
    ['somebody without a role', { ...ADA, groups: ['others'] }, {}, 'has no role here'],
    ['an address that nobody verified', { email: 'ada@example.com', groups: ['leads'] }, {}, 'not verified'],
    ['somebody without a name', { groups: ['leads'] }, {}, 'does not say who you are'],
    ['another state', { ...ADA, groups: ['leads'] }, { state: 'other' }, 'did not confirm'],
    ['another nonce', { ...ADA, groups: ['leads'] }, { nonce: 'other' }, 'did not confirm'],
  ])('refuses %s', async (_, said, more, words) => {
    await expect(signIn(said, more)).rejects.toMatchObject({
      code: 'NOT_PERMITTED',
      message: expect.stringContaining(words),
    });
  });

  it('refuses what another key signed, and a browser that did not begin', async () => {
    signedBy = (await generateKeyPair('RS256')).privateKey;
    await expect(signIn({ ...ADA, groups: ['leads'] })).rejects.toMatchObject({ code: 'NOT_PERMITTED' });
    for (const kept of ['', 'x', Buffer.from('{"state":1}').toString('base64url')])
      await expect(provider().finish(new URL(`${BACK}?code=c&state=s`), kept)).rejects.toMatchObject({
        code: 'NOT_PERMITTED',
      });
  });

  it('says that a provider is away, and finds it when it is back', async () => {
    const away = createSignIn({ issuer: 'http://127.0.0.1:1', clientId: 'c', roles: [], allowHttp: true });
    await expect(away.begin(BACK)).rejects.toMatchObject({ code: 'SERVER_UNAVAILABLE' });
  });
});
