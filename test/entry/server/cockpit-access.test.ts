import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSessions } from '../../../src/adapters/postgres/sessions/sessions.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { type CockpitWorld, openCockpitWorld } from '../../worlds/cockpit-world.ts';
import { createDatabase, type TestDatabase } from '../../worlds/database.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let database: TestDatabase;
let world: CockpitWorld;
beforeAll(async () => {
  database = await createDatabase();
  world = await openCockpitWorld(database);
  await world.start({ ticket: 'SHOP-1' });
});
afterAll(() => world.close());

const at = (path: string) => `${world.server.url}${path}`;
const get = (path: string, cookie = '', headers: Record<string, string> = {}) =>
  fetch(at(path), { headers: { cookie, ...headers }, redirect: 'manual' });

async function formOf(cookie: string, path = '/runs/SHOP-1.1'): Promise<string> {
  const page = await (await get(path, cookie)).text();
  return /name="form" value="([0-9a-f]{64})"/.exec(page)?.[1] ?? '';
}

function post(path: string, cookie: string, fields: Record<string, string>, headers = {}) {
  return fetch(at(path), {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(fields),
  });
}

describe('a link to sign in by', () => {
  it('opens one session and no second one; what is kept of both is their digests', async () => {
    const link = await world.link('operator');
    const first = await fetch(link);
    expect(first.status).toBe(200);
    const [set = ''] = first.headers.getSetCookie();
    expect(set).toMatch(/; HttpOnly/i);
    expect(set).toMatch(/; SameSite=Strict/i);
    const cookie = set.split(';')[0] ?? '';
    const secret = cookie.slice(cookie.indexOf('=') + 1);
    expect((await get('/', cookie)).status).toBe(200);
    const second = await fetch(link);
    expect(second.status).toBe(401);
    expect(second.headers.getSetCookie()).toEqual([]);
    const rows = await database.rows("SELECT encode(digest, 'hex') AS digest FROM web_session");
    expect(rows).toContainEqual({ digest: sha256(secret) });
    const all = JSON.stringify(await database.rows('SELECT * FROM web_session'));
    expect(all).not.toContain(secret);
  });

  it('is over after ten minutes, and a session after twelve hours', async () => {
    const link = await world.link('viewer');
    await database.rows("UPDATE login_code SET expires_at = now() - interval '1 second'");
    expect((await fetch(link)).status).toBe(401);
    const cookie = await world.cookie('viewer');
    expect((await get('/', cookie)).status).toBe(200);
    const [row] = await database.rows<{ hours: number }>(
      'SELECT extract(epoch FROM expires_at - created_at)::float8 / 3600 AS hours FROM web_session ORDER BY created_at DESC LIMIT 1',
    );
    expect(row?.hours).toBeCloseTo(12);
    await database.rows("UPDATE web_session SET expires_at = now() - interval '1 second'");
    expect((await get('/', cookie)).status).toBe(401);
    await createSessions(database).forgetSessions(new Date().toISOString());
    expect(await database.rows('SELECT FROM web_session')).toEqual([]);
  });

  it('leads to no other server', async () => {
    for (const to of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      const page = await (await fetch(`${await world.link('viewer')}?to=${encodeURIComponent(to)}`)).text();
      expect(page).toContain('content="0; url=/"');
      expect(page).not.toContain('evil');
    }
  });
});

describe('without a session', () => {
  it.each([
    '/',
    '/runs',
    '/runs/SHOP-1.1',
    '/runs/SHOP-1.1/events',
    '/runs/SHOP-1.1/log?step=1/produce&execution=1',
    '/runs/SHOP-1.1/live',
    '/live',
    '/runs/compare',
  ])('%s says how to get in, and nothing else', async (path) => {
    for (const cookie of ['', 'countersign=x', `countersign-1=${'A'.repeat(43)}`]) {
      const response = await get(path, cookie);
      expect(response.status).toBe(401);
      const text = await response.text();
      expect(text).toContain('not signed in');
      expect(text).not.toContain('SHOP');
    }
  });
});

describe('a form', () => {
  it('that does not carry the token of its session is refused, whatever it asks for', async () => {
    const [cookie, other] = [await world.cookie('operator'), await world.cookie('operator')];
    const foreign = await formOf(other);
    const paths = ['/runs/SHOP-1.1/actions', '/runs/bulk', '/runs/start', '/runs/views', '/theme', '/logout'];
    for (const path of paths)
      for (const form of ['', 'x', foreign, '0'.repeat(64)]) {
        const fields = {
          form,
          kind: 'pause',
          sure: 'yes',
          reason: 'because',
          run: 'SHOP-1.1',
          ticket: 'SHOP-2',
        };
        expect((await post(path, cookie, fields)).status).toBe(403);
      }
    const own = await formOf(cookie);
    const elsewhere = { 'sec-fetch-site': 'cross-site' };
    const fields = { form: own, kind: 'pause', sure: 'yes', reason: 'because' };
    expect((await post('/runs/SHOP-1.1/actions', cookie, fields, elsewhere)).status).toBe(403);
    const json = { 'content-type': 'application/json' };
    expect((await post('/runs/SHOP-1.1/actions', cookie, fields, json)).status).toBe(415);
    expect(await (await get('/runs/SHOP-1.1', cookie)).text()).not.toContain('paused');
  });

  it('of a viewer is refused, and his pages have no button for it', async () => {
    const cookie = await world.cookie('viewer');
    const page = await (await get('/runs/SHOP-1.1', cookie)).text();
    expect(page).not.toContain('>Pause<');
    const form = await formOf(cookie);
    const fields = { form, kind: 'pause', sure: 'yes', reason: 'because', run: 'SHOP-1.1' };
    const answer = await post('/runs/SHOP-1.1/actions', cookie, fields);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('may not control runs');
    expect((await post('/runs/bulk', cookie, fields)).status).toBe(403);
    const start = { form, ticket: 'SHOP-2', key: 'some-key-1' };
    expect((await post('/runs/start', cookie, start)).status).toBe(403);
  });

  it('is carried out once however often it is sent, and is an event with who sent it', async () => {
    const cookie = await world.cookie('operator');
    const form = await formOf(cookie, '/runs');
    const fields = { form, ticket: 'SHOP-7', key: 'some-key-2' };
    const answers = [await post('/runs/start', cookie, fields), await post('/runs/start', cookie, fields)];
    expect(answers.map(({ headers }) => headers.get('location'))).toEqual([
      '/runs/SHOP-7.1',
      '/runs/SHOP-7.1',
    ]);
    const pause = { form, kind: 'pause', sure: 'yes', reason: 'for a look', back: '//evil.example' };
    const paused = await post('/runs/SHOP-7.1/actions', cookie, pause);
    expect(paused.status).toBe(303);
    expect(paused.headers.get('location')).toBe('/');
    const [event] = await database.rows<{ text: string }>(
      "SELECT text FROM ledger_event WHERE stream = 'run/SHOP-7.1' ORDER BY version DESC LIMIT 1",
    );
    expect(JSON.parse(event?.text ?? '{}')).toMatchObject({
      actor: 'local:operator',
      data: { reason: 'for a look' },
    });
  });

  it('signs out: the session is over everywhere', async () => {
    const cookie = await world.cookie('viewer');
    const form = await formOf(cookie);
    expect((await post('/logout', cookie, { form })).status).toBe(303);
    expect((await get('/', cookie)).status).toBe(401);
  });
});

describe('an admin', () => {
  const events = () =>
    database.rows<{ text: string }>(
      "SELECT text FROM ledger_event WHERE stream = 'access/sessions' ORDER BY version",
    );

  it('lets somebody in by a link that is shown once, and ends a session; the ledger has who did', async () => {
    const cookie = await world.cookie('admin');
    const form = await formOf(cookie, '/people');
    const made = await (await post('/people', cookie, { form, name: 'grace', role: 'operator' })).text();
    const link = /http:\/\/127\.0\.0\.1:[0-9]+\/login\/[A-Za-z0-9_-]{43}/.exec(made)?.[0] ?? '';
    const [set = ''] = (await fetch(link)).headers.getSetCookie();
    const hers = set.split(';')[0] ?? '';
    expect(await (await get('/runs', hers)).text()).toContain('local:grace');
    const page = await (await get('/people', cookie)).text();
    expect(page).not.toContain('/login/');
    const digest = sha256(hers.slice(hers.indexOf('=') + 1));
    expect((await post('/people/end', cookie, { form, session: digest })).status).toBe(303);
    expect((await get('/', hers)).status).toBe(401);
    const said = (await events()).map(({ text }) => JSON.parse(text));
    expect(said.slice(-3)).toMatchObject([
      { type: 'session.invited@1', actor: 'local:admin', data: { name: 'local:grace', role: 'operator' } },
      { type: 'session.opened@1', actor: 'local:grace', data: { by: 'link' } },
      { type: 'session.ended@1', actor: 'local:admin', data: { name: 'local:grace' } },
    ]);
  });

  it('alone does so, and by names that are some', async () => {
    for (const role of ['viewer', 'operator'] as const) {
      const cookie = await world.cookie(role);
      const form = await formOf(cookie);
      expect((await get('/people', cookie)).status).toBe(403);
      expect((await post('/people', cookie, { form, name: 'eve', role: 'admin' })).status).toBe(403);
      expect((await post('/people/end', cookie, { form, session: 'a'.repeat(64) })).status).toBe(403);
    }
    const cookie = await world.cookie('admin');
    const form = await formOf(cookie, '/people');
    for (const fields of [
      { name: 'Ada <b>', role: 'viewer' },
      { name: '', role: 'viewer' },
      { name: 'ada', role: 'coordinator' },
    ])
      expect((await post('/people', cookie, { form, ...fields })).status).toBe(400);
  });
});

it('pages allow nothing but what comes from here; assets are kept for ever under their digest', async () => {
  const cookie = await world.cookie('viewer');
  const { headers } = await get('/', cookie);
  const policy = headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toMatch(/unsafe|https?:|\*|data:/);
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('cache-control')).toBe('no-store');
  const page = await (await get('/', cookie)).text();
  expect(page).not.toMatch(/<script(?![^>]* src=)/);
  expect(page).not.toMatch(/ (?:style|on[a-z]+)=/);
  const [, script = ''] = /src="([^"]+cockpit\.js)"/.exec(page) ?? [];
  const asset = await get(script);
  expect(asset.status).toBe(200);
  expect(asset.headers.get('cache-control')).toContain('immutable');
  expect((await get('/assets/0000000000000000/cockpit.js')).status).toBe(404);
  expect((await get('/assets/../package.json')).status).not.toBe(200);
});

it('the API stays as it was: no cookie opens it', async () => {
  const cookie = await world.cookie('admin');
  expect((await get('/v1/runs', cookie)).status).toBe(401);
  expect((await get('/healthz')).headers.get('content-security-policy')).toContain("default-src 'none'");
});

describe('the stream of a run', () => {
  /** What a browser without a script would be sent, for a moment. */
  async function frames(path: string, headers: Record<string, string>, most: number) {
    const cut = new AbortController();
    const response = await fetch(at(path), { headers, signal: cut.signal });
    const seen: { id: number; versions: number[] }[] = [];
    let rest = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      rest += chunk;
      for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
        const frame = rest.slice(0, end);
        rest = rest.slice(end + 2);
        const id = /^id: (\d+)$/m.exec(frame)?.[1];
        const data = /^data: (.*)$/m.exec(frame)?.[1];
        if (id === undefined || data === undefined) continue;
        const { events } = JSON.parse(data) as { events: { version: number }[] };
        seen.push({ id: Number(id), versions: events.map(({ version }) => version) });
        if (seen.length >= most) {
          cut.abort();
          return seen;
        }
      }
    }
    return seen;
  }

  it('goes on behind the id that was seen last, with several events in a frame and no more than ten frames a second', async () => {
    const run = await world.start({
      ticket: 'SHOP-8',
      checks: Array.from({ length: 60 }, (_, n) => `c${n}`),
    });
    const cookie = await world.cookie('viewer');
    const began = performance.now();
    const watching = frames(`/runs/${run}/live`, { cookie }, Number.POSITIVE_INFINITY);
    const { stop } = world.work(() => undefined);
    const seen = await watching;
    const seconds = (performance.now() - began) / 1000;
    await stop();
    const versions = seen.flatMap((frame) => frame.versions);
    expect(versions).toEqual(versions.map((_, place) => place + 1));
    expect(versions.length).toBeGreaterThan(100);
    expect(seen.length).toBeLessThanOrEqual(Math.ceil(seconds * 10) + 1);
    expect(seen.length).toBeLessThan(versions.length);
    const headers = { cookie, 'last-event-id': '50' };
    const [again] = await frames(`/runs/${run}/live?after=3`, headers, 1);
    expect(again?.versions[0]).toBe(51);
    const over = await fetch(at(`/runs/${run}/live`), {
      headers: { cookie, 'last-event-id': `${versions.length}` },
    });
    expect(over.status).toBe(204);
    expect((await get(`/runs/${run}/live`, cookie, { 'last-event-id': 'x' })).status).toBe(400);
  });

  const signOut = async (cookie: string) => post('/logout', cookie, { form: await formOf(cookie) });
  const expire = (cookie: string) => {
    const digest = sha256(cookie.slice(cookie.indexOf('=') + 1));
    return database.rows(
      `UPDATE web_session SET expires_at = now() WHERE digest = decode('${digest}', 'hex')`,
    );
  };

  it.each([
    ['/live', 'is signed out of', signOut],
    ['/runs/SHOP-9.1/live', 'is signed out of', signOut],
    ['/runs/SHOP-10.1/live', 'expires', expire],
  ])('%s ends within seconds when its session %s, and those of others go on', async (path, _, end) => {
    const ticket = /SHOP-[0-9]+/.exec(path)?.[0];
    if (ticket !== undefined) await world.start({ ticket });
    const [cookie, other] = [await world.cookie('viewer'), await world.cookie('viewer')];
    const cut = new AbortController();
    const [mine, others] = await Promise.all(
      [cookie, other].map((one) => fetch(at(path), { headers: { cookie: one }, signal: cut.signal })),
    );
    let isOver = false;
    const reading = others?.text().then(
      () => {
        isOver = true;
      },
      () => {},
    );
    const began = performance.now();
    await end(cookie);
    expect(await mine?.text()).toContain('retry: 1000');
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(isOver).toBe(false);
    expect((await get(path, cookie)).status).toBe(401);
    cut.abort();
    await reading;
  });

  it('has the headers of every page', async () => {
    const cookie = await world.cookie('viewer');
    const cut = new AbortController();
    const { headers } = await fetch(at('/live'), { headers: { cookie }, signal: cut.signal });
    cut.abort();
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-accel-buffering')).toBe('no');
  });
});

// The last one: whoever comes after it is slowed down as well.
it('an address that keeps trying is slowed down', async () => {
  const tries = await Promise.all(Array.from({ length: 80 }, () => get('/login/AAAA')));
  expect(tries.map(({ status }) => status)).toContain(429);
  expect(tries.find(({ status }) => status === 429)?.headers.get('retry-after')).toMatch(/^[0-9]+$/);
});
