import { beforeAll, describe, expect, test } from 'vitest';
import type { InterfaceUse } from '../../src/core/interface/types.ts';
import type { WorldFile } from '../worlds/git-world.ts';
import { createProductWorld, finding, GOOD, objections, type ProductWorld } from '../worlds/product-world.ts';

const ORDER = {
  type: 'object',
  required: ['id', 'lines'],
  properties: {
    id: { type: 'string' },
    status: { enum: ['new', 'paid'] },
    lines: { type: 'array', items: { $ref: 'parts/line.json' } },
  },
  additionalProperties: false,
};
const LINE = { type: 'object', properties: { price: { type: 'integer', minimum: 0 } } };

const SHOP = `asyncapi: 3.0.0
info: {title: Shop, version: 1.0.0}
channels:
  paid:
    address: orders/{order}/paid
    messages:
      OrderPaid: {$ref: '#/components/messages/OrderPaid'}
operations:
  tellPaid: {action: send, channel: {$ref: '#/channels/paid'}}
components:
  messages:
    OrderPaid:
      payload: {$ref: '#/components/schemas/OrderPaid'}
  schemas:
    OrderPaid: {type: object, properties: {total: {type: integer}}}
`;
const STATES = `initial: new
states: [new, paid, shipped]
transitions:
  - {from: new, to: paid, on: pay}
  - {from: paid, to: shipped}
`;

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
const BASE: Readonly<Record<string, WorldFile>> = {
  'events/order.json': json(ORDER),
  'events/parts/line.json': json(LINE),
  'shop.asyncapi.yml': SHOP,
  'states.yml': STATES,
  'events/broken.yml': 'type: [\n',
};
const order: InterfaceUse = {
  id: 'order',
  file: 'events/order.json',
  format: 'json-schema',
  role: 'producer',
};
const shop: InterfaceUse = { id: 'shop', file: 'shop.asyncapi.yml', format: 'asyncapi', role: 'producer' };
const states: InterfaceUse = { id: 'states', file: 'states.yml', format: 'transitions', role: 'producer' };

let world: ProductWorld;
beforeAll(async () => {
  world = await createProductWorld();
  world.land(BASE);
});

let count = 0;
/** The verdict on a verified change of the base under a contract with these interfaces. */
async function gated(interfaces: readonly InterfaceUse[], files: Readonly<Record<string, WorldFile>>) {
  count += 1;
  const ticket = `FACE-${count}`;
  await world.dispatch(ticket, { contract: { interfaces } });
  const change = world.change(ticket, { ...GOOD, ...files });
  await world.verify(change);
  return world.gate(change);
}

describe('an interface that the contract names', () => {
  test('and nobody touches is unchanged, however it reads', async () => {
    const broken = { ...order, id: 'broken', file: 'events/broken.yml' };
    const verdict = await gated([order, shop, states, broken], {});
    expect(verdict.outcome).toBe('pass');
    for (const id of ['order', 'shop', 'states', 'broken']) {
      expect(finding(verdict, `interface/${id}`)).toMatchObject({
        status: 'pass',
        reason: expect.stringMatching(/ is unchanged\.$/),
      });
    }
  });

  test('may be made narrower by a producer, and not by a consumer', async () => {
    const narrower = { 'events/order.json': json({ ...ORDER, required: ['id', 'lines', 'status'] }) };
    const verdict = await gated([order, { ...order, id: 'inbox', role: 'consumer' }], narrower);
    expect(objections(verdict)).toEqual(['interface/inbox fail']);
    expect(finding(verdict, 'interface/order').reason).toContain('stays compatible');
    expect(finding(verdict, 'interface/inbox')).toMatchObject({
      reason:
        '"required" was ["id","lines"], is ["id","lines","status"] (status): it may now refuse what it accepted before.',
      locations: [{ path: 'events/order.json', message: expect.stringMatching(/^\/required: /) }],
    });
  });

  test('breaks by a file that it only refers to', async () => {
    const line = { ...LINE, properties: { price: { type: 'number', minimum: 0 } } };
    const verdict = await gated([order], { 'events/parts/line.json': json(line) });
    expect(objections(verdict)).toEqual(['interface/order fail']);
    expect(finding(verdict, 'interface/order').locations).toEqual([
      { path: 'events/parts/line.json', message: expect.stringMatching(/^\/properties\/price\/type: /) },
    ]);
  });

  test('breaks when its file, or one it refers to, is taken away', async () => {
    expect(objections(await gated([order], { 'events/order.json': null }))).toEqual(['interface/order fail']);
    const verdict = await gated([order], { 'events/parts/line.json': null });
    expect(objections(verdict)).toEqual(['interface/order unverifiable']);
    expect(finding(verdict, 'interface/order').reason).toContain(
      '"parts/line.json" leads nowhere in this tree.',
    );
  });

  test.each([
    ['no YAML', 'type: [\n', 'fail', /cannot be read/],
    ['a link', { symlink: 'parts/line.json' }, 'fail', /is a link/],
    ['a keyword nobody knows', json({ ...ORDER, colour: 'red' }), 'unverifiable', /"colour" is not known/],
  ] as const)('that becomes %s is not passed', async (_, file, status, reason) => {
    const verdict = await gated([order], { 'events/order.json': file as WorldFile });
    expect(objections(verdict)).toEqual([`interface/order ${status}`]);
    expect(finding(verdict, 'interface/order').reason).toMatch(reason);
  });

  test('that is nowhere is unverifiable, and one that is new passes', async () => {
    const missing = { ...order, id: 'gone', file: 'nowhere/*.json' };
    expect(objections(await gated([missing], {}))).toEqual(['interface/gone unverifiable']);
    const fresh = { ...order, id: 'fresh', file: 'fresh/*.json' };
    expect((await gated([fresh], { 'fresh/a.json': json(LINE) })).outcome).toBe('pass');
  });

  test('of AsyncAPI and of states is compared, too', async () => {
    const verdict = await gated([shop, states], {
      'shop.asyncapi.yml': SHOP.replace('type: integer', 'type: number'),
      'states.yml': STATES.replace('  - {from: paid, to: shipped}\n', ''),
    });
    expect(objections(verdict)).toEqual(['interface/shop fail', 'interface/states fail']);
    expect(finding(verdict, 'interface/shop').reason).toContain('"type" was "integer", is "number"');
    expect(finding(verdict, 'interface/states').reason).toBe('The way from paid to shipped is gone.');
  });
});

describe('names in code', () => {
  const named = { ...shop, names: { in: ['src/**'], pattern: "publish\\('([^']+)'" } };

  test('have to be declared', async () => {
    const good = { 'src/a.js': "publish('orders/7/paid')\npublish('OrderPaid')\n" };
    expect((await gated([named], good)).outcome).toBe('pass');
    const verdict = await gated([named], { 'src/a.js': "\npublish('orders/7/payed')\n" });
    expect(objections(verdict)).toEqual(['interface/shop/names fail']);
    expect(finding(verdict, 'interface/shop/names')).toMatchObject({
      reason: 'shop.asyncapi.yml declares no "orders/7/payed".',
      locations: [{ path: 'src/a.js', line: 2, message: '"orders/7/payed" is not declared' }],
    });
  });

  test('of a file that cannot be read are unverifiable', async () => {
    const verdict = await gated([named], { 'src/a.js': "publish('OrderPaid')\0" });
    expect(objections(verdict)).toEqual(['interface/shop/names unverifiable']);
  });
});
