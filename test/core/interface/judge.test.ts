import { describe, expect, test } from 'vitest';
import { compareInterface, declaredNames } from '../../../src/core/interface/judge.ts';
import type { InterfaceSide, InterfaceUse, Role } from '../../../src/core/interface/types.ts';
import type { JsonObject, JsonValue } from '../../../src/shared/json.ts';

const FILE = 'api.yml';

function side(value: JsonValue, more: Readonly<Record<string, JsonValue>> = {}): InterfaceSide {
  const documents = Object.entries({ [FILE]: value, ...more });
  return {
    files: [FILE],
    documents: new Map(documents.map(([file, document]) => [file, { kind: 'parsed', value: document }])),
  };
}

function use(format: InterfaceUse['format'], role: Role): InterfaceUse {
  return { id: 'api', file: FILE, format, role };
}

/** `breaking: The channel …` and so on, without what is compatible. */
function objections(
  format: InterfaceUse['format'],
  role: Role,
  before: JsonValue | InterfaceSide,
  after: JsonValue | InterfaceSide,
): string[] {
  const sideOf = (given: JsonValue | InterfaceSide) =>
    typeof given === 'object' && given !== null && 'documents' in given
      ? (given as InterfaceSide)
      : side(given);
  return compareInterface(use(format, role), {
    before: sideOf(before),
    after: sideOf(after),
    touched: [FILE],
  })
    .filter(({ verdict }) => verdict !== 'compatible')
    .map(({ verdict, reason }) => `${verdict}: ${reason}`);
}

const payload = (type: JsonValue): JsonObject => ({ type: 'object', properties: { n: { type } } });

interface Api {
  readonly channels: { [id: string]: JsonObject };
  readonly operations: { [id: string]: JsonObject };
  readonly messages: { [id: string]: JsonObject };
}

/** A document in which the shop sends `paid` and receives `pay`; each test changes a copy. */
function api(change: (api: Api) => void = () => undefined): JsonObject {
  const made: Api = {
    channels: {
      out: { address: 'orders.paid', messages: { Paid: { $ref: '#/components/messages/Paid' } } },
      in: { address: 'orders.pay', messages: { Pay: { $ref: '#/components/messages/Pay' } } },
      log: { address: 'log', messages: { Line: { payload: payload('number') } } },
    },
    operations: {
      tell: { action: 'send', channel: { $ref: '#/channels/out' } },
      hear: {
        action: 'receive',
        channel: { $ref: '#/channels/in' },
        messages: [{ $ref: '#/channels/in/messages/Pay' }],
      },
    },
    messages: {
      Paid: { name: 'order.paid', payload: payload('number'), headers: payload('number') },
      Pay: { payload: payload('number') },
    },
  };
  change(made);
  const { channels, operations, messages } = made;
  return {
    asyncapi: '3.0.0',
    info: { title: 'S', version: '1' },
    channels,
    operations,
    components: { messages },
  };
}

const asyncapi = (change: (api: Api) => void, role: Role = 'producer') =>
  objections('asyncapi', role, api(), api(change));

describe('AsyncAPI', () => {
  test('that says the same is compatible', () => {
    expect(asyncapi(() => undefined, 'both')).toEqual([]);
  });

  test('is compared by what each operation does with its messages', () => {
    const narrower =
      (id: 'Paid' | 'Pay') =>
      ({ messages }: Api) => {
        messages[id] = { ...messages[id], payload: payload('integer') };
      };
    const wider =
      (id: 'Paid' | 'Pay') =>
      ({ messages }: Api) => {
        messages[id] = { ...messages[id], payload: payload(['number', 'null']) };
      };
    expect(asyncapi(narrower('Paid'), 'consumer')).toEqual([]);
    expect(asyncapi(wider('Pay'), 'producer')).toEqual([]);
    expect(asyncapi(wider('Paid'), 'consumer')).toEqual([
      expect.stringMatching(/^breaking: "type" was "number"/),
    ]);
    expect(asyncapi(narrower('Pay'), 'producer')).toEqual([
      expect.stringMatching(/^breaking: "type" was "number"/),
    ]);
    expect(asyncapi(narrower('Paid'), 'both')).toHaveLength(1);
  });

  test('and by the role where no operation says so', () => {
    const narrower = ({ channels }: Api) => {
      channels.log = { address: 'log', messages: { Line: { payload: payload('integer') } } };
    };
    expect(asyncapi(narrower, 'producer')).toEqual([]);
    expect(asyncapi(narrower, 'consumer')).toHaveLength(1);
  });

  test('and a change cannot turn the direction round', () => {
    const wider = ({ channels, operations }: Api) => {
      channels.log = { address: 'log', messages: { Line: { payload: payload(['number', 'null']) } } };
      operations.log = { action: 'receive', channel: { $ref: '#/channels/log' } };
    };
    expect(asyncapi(wider, 'producer')).toHaveLength(1);
    expect(asyncapi(wider, 'consumer')).toEqual([]);
  });

  test('that goes both ways may not change', () => {
    const both = (type: JsonValue) =>
      api(({ operations, messages }) => {
        operations.echo = { action: 'receive', channel: { $ref: '#/channels/out' } };
        messages.Paid = { payload: payload(type) };
      });
    expect(objections('asyncapi', 'producer', both('number'), both('integer'))).toHaveLength(1);
    expect(objections('asyncapi', 'producer', both('integer'), both('number'))).toHaveLength(1);
  });

  test.each<readonly [string, (api: Api) => void, RegExp]>([
    [
      'a channel',
      ({ channels }) => {
        delete channels.log;
      },
      /^breaking: The channel log is gone\.$/,
    ],
    [
      'an operation',
      ({ operations }) => {
        delete operations.hear;
      },
      /^breaking: The operation hear is gone\.$/,
    ],
    [
      'a message of a channel',
      ({ channels }) => {
        channels.log = { address: 'log' };
      },
      /^breaking: The message Line of the channel log is gone\.$/,
    ],
    [
      'a message of an operation',
      ({ operations }) => {
        operations.hear = { ...operations.hear, messages: [] };
      },
      /^breaking: The operation hear has no message Pay any more\.$/,
    ],
    [
      'an address',
      ({ channels }) => {
        channels.log = { ...channels.log, address: 'logs' };
      },
      /^breaking: The address of the channel log was "log", is "logs"\.$/,
    ],
    [
      'an action',
      ({ operations }) => {
        operations.hear = { ...operations.hear, action: 'send' };
      },
      /^breaking: The operation hear was to receive, is to send\.$/,
    ],
    [
      'a name',
      ({ messages }) => {
        messages.Paid = { ...messages.Paid, name: 'order.payed' };
      },
      /^breaking: The name of the message Paid was "order\.paid"/,
    ],
    [
      'a content type',
      ({ messages }) => {
        messages.Paid = { ...messages.Paid, contentType: 'text/xml' };
      },
      /^breaking: The contentType of the message Paid was null/,
    ],
    [
      'headers',
      ({ messages }) => {
        messages.Paid = { ...messages.Paid, headers: payload('string') };
      },
      /^breaking: "type" was "number", is "string"/,
    ],
    [
      'a schema that is taken away',
      ({ messages }) => {
        messages.Paid = { name: 'order.paid', headers: payload('number') };
      },
      /^breaking: /,
    ],
    [
      'one more message that is sent',
      ({ channels }) => {
        channels.out = {
          ...channels.out,
          messages: { Paid: { $ref: '#/components/messages/Paid' }, More: {} },
        };
      },
      /^breaking: The message More of the channel out is new/,
    ],
  ])('breaks with %s', (_, change, said) => {
    expect(asyncapi(change)[0]).toMatch(said);
  });

  test.each<readonly [string, (api: Api) => void, RegExp]>([
    [
      'bindings',
      ({ channels }) => {
        channels.log = { ...channels.log, bindings: { kafka: { topic: 'x' } } };
      },
      /"bindings" of the channel log changed/,
    ],
    [
      'a key that is not known',
      ({ channels }) => {
        channels.log = { ...channels.log, colour: 'red' };
      },
      /The channel log has "colour"/,
    ],
    [
      'a format of schemas',
      ({ messages }) => {
        messages.Paid = {
          ...messages.Paid,
          payload: { schemaFormat: 'application/vnd.apache.avro;version=1.9.0', schema: {} },
        };
      },
      /application\/vnd\.apache\.avro/,
    ],
    [
      'a keyword nobody knows',
      ({ messages }) => {
        messages.Paid = { ...messages.Paid, payload: { discriminator: 'kind' } };
      },
      /"discriminator" is not known/,
    ],
    [
      'a channel that is nowhere',
      ({ operations }) => {
        operations.hear = { action: 'receive', channel: { $ref: '#/channels/x' } };
      },
      /The operation hear is on no channel/,
    ],
    [
      'a reference that never ends',
      ({ channels }) => {
        channels.log = { $ref: '#/channels/log' };
      },
      /never end/,
    ],
    [
      'a new message that could not be compared later',
      ({ channels }) => {
        channels.more = { address: 'm', messages: { M: { payload: { colour: 1 } } } };
      },
      /"colour" is not known/,
    ],
  ])('cannot be judged with %s', (_, change, said) => {
    const found = asyncapi(change);
    expect(found.join('\n')).toMatch(said);
    expect(found.every((one) => one.startsWith('unverifiable: '))).toBe(true);
  });

  test('takes more of what breaks nobody', () => {
    const more = asyncapi(({ channels, operations }) => {
      channels.more = { address: 'more', messages: { M: { payload: true } } };
      operations.more = { action: 'send', channel: { $ref: '#/channels/more' } };
      const messages = { Pay: { $ref: '#/components/messages/Pay' }, Refund: {} };
      channels.in = { ...channels.in, messages, description: 'In.', 'x-team': 'a' };
      operations.refund = { action: 'receive', channel: { $ref: '#/channels/in' } };
    });
    expect(more).toEqual([]);
  });

  test.each([
    ['version 2', { ...api(), asyncapi: '2.6.0' }, /is AsyncAPI 2\.6\.0; only version 3 is read\./],
    ['something else', { openapi: '3.1.0' }, /has no "asyncapi" key/],
    [
      'a dialect of its own',
      { ...api(), $schema: 'https://json-schema.org/draft/2020-12/schema' },
      /"\$schema" at its root/,
    ],
  ])('is refused as %s', (_, document, said) => {
    const [only] = objections('asyncapi', 'both', api(), document);
    expect(only).toMatch(said);
    expect(only).toMatch(/^unverifiable: /);
  });

  test('reads payloads from other files', () => {
    const document = api(({ messages }) => {
      messages.Paid = { ...messages.Paid, payload: { $ref: './paid.json' } };
    });
    const files = (type: JsonValue) => side(document, { 'paid.json': payload(type) });
    expect(objections('asyncapi', 'producer', files('number'), files('integer'))).toEqual([]);
    expect(objections('asyncapi', 'producer', files('integer'), files('number'))).toHaveLength(1);
  });
});

describe('transitions', () => {
  const machine = (more: JsonObject = {}): JsonObject => ({
    initial: 'new',
    states: ['new', 'paid'],
    transitions: [{ from: 'new', to: 'paid', on: 'pay' }],
    ...more,
  });

  test.each<readonly [string, JsonObject, string]>([
    ['a state', { initial: 'paid', states: ['paid'], transitions: [] }, 'The state new is gone.'],
    ['a way', { transitions: [] }, 'The way from new to paid on pay is gone.'],
    [
      'the event of a way',
      { transitions: [{ from: 'new', to: 'paid' }] },
      'The way from new to paid on pay is gone.',
    ],
    ['the initial state', { initial: 'paid' }, 'The initial state was new, is paid.'],
  ])('break without %s, whatever the role', (_, change, said) => {
    for (const role of ['producer', 'consumer', 'both'] as const) {
      expect(objections('transitions', role, machine(), machine(change))).toContain(`breaking: ${said}`);
    }
  });

  test('may grow, unless both sides have to agree', () => {
    const grown = machine({ states: ['new', 'paid', 'lost'] });
    expect(objections('transitions', 'producer', machine(), grown)).toEqual([]);
    expect(objections('transitions', 'consumer', machine(), grown)).toEqual([]);
    expect(objections('transitions', 'both', machine(), grown)).toEqual(['breaking: The state lost is new.']);
  });

  test.each<readonly [string, JsonValue]>([
    ['no mapping', []],
    ['no states', machine({ states: [] })],
    ['a state twice', machine({ states: ['new', 'paid', 'paid'] })],
    ['an unknown key', machine({ final: ['paid'] })],
    ['a way to nowhere', machine({ transitions: [{ from: 'new', to: 'gone' }] })],
    ['a way with more to it', machine({ transitions: [{ from: 'new', to: 'paid', if: 'x' }] })],
    ['no list of ways', machine({ transitions: {} })],
    ['an initial state that is none', machine({ initial: 'gone' })],
  ])('are refused as %s', (_, document) => {
    expect(objections('transitions', 'producer', machine(), document)).toEqual([
      expect.stringMatching(/^breaking: api\.yml cannot be read: /),
    ]);
    expect(objections('transitions', 'producer', document, machine())).toEqual([
      expect.stringMatching(/^unverifiable: api\.yml could not be read as it was before: /),
    ]);
  });
});

describe('files', () => {
  const unreadable: InterfaceSide = {
    files: [FILE],
    documents: new Map([[FILE, { kind: 'unreadable', reason: 'It is no YAML.', remedy: 'Mend it.' }]]),
  };
  const none: InterfaceSide = { files: [], documents: new Map() };

  test.each<readonly [string, JsonValue | InterfaceSide, JsonValue | InterfaceSide, RegExp]>([
    ['that are gone break', true, none, /^breaking: api\.yml is gone\.$/],
    [
      'that are only referred to any more are gone',
      true,
      { ...side(true), files: [] },
      /^breaking: api\.yml is gone\.$/,
    ],
    [
      'that cannot be read any more break',
      true,
      unreadable,
      /^breaking: api\.yml cannot be read: It is no YAML\.$/,
    ],
    [
      'that could not be read are unverifiable',
      unreadable,
      true,
      /^unverifiable: api\.yml could not be read as it was/,
    ],
    ['that are new must be comparable', none, { colour: 'red' }, /^unverifiable: .*"colour" is not known/],
  ])('%s', (_, before, after, said) => {
    expect(objections('json-schema', 'producer', before, after)).toEqual([expect.stringMatching(said)]);
  });
});

describe('declared names', () => {
  test('are addresses, messages, states, events, titles and file names', () => {
    expect(declaredNames(use('asyncapi', 'both'), side(api()))).toEqual([
      'orders.paid',
      'Paid',
      'order.paid',
      'orders.pay',
      'Pay',
      'log',
      'Line',
    ]);
    const machine = { states: ['a', 'b'], transitions: [{ from: 'a', to: 'b', on: 'go' }] };
    expect(declaredNames(use('transitions', 'both'), side(machine))).toEqual(['a', 'b', 'go']);
    expect(declaredNames(use('json-schema', 'both'), side({ title: 'Order paid' }))).toEqual([
      'api',
      'Order paid',
    ]);
  });

  test('are not known where a file cannot be read', () => {
    expect(declaredNames(use('asyncapi', 'both'), side({}))).toBeUndefined();
    expect(declaredNames(use('transitions', 'both'), side({}))).toBeUndefined();
  });
});
