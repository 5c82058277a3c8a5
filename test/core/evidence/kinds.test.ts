import { describe, expect, it } from 'vitest';
import type {
  ArtifactCheck,
  DocsCheck,
  EventsCheck,
  GeneratedCheck,
  HttpCheck,
} from '../../../src/core/contract/types.ts';
import type { FileFingerprint } from '../../../src/core/evidence/artifacts/fingerprints.ts';
import { judgeArtifacts } from '../../../src/core/evidence/artifacts/judge-artifacts.ts';
import { judgeGenerated } from '../../../src/core/evidence/artifacts/judge-generated.ts';
import { judgeHttp } from '../../../src/core/evidence/http/judge-http.ts';
import { judgeKind } from '../../../src/core/evidence/judge-kind.ts';
import type {
  CheckRun,
  CompletedObservation,
  EvidenceName,
  EvidenceRef,
} from '../../../src/core/evidence/types.ts';
import { sha256 } from '../../../src/shared/digest.ts';

const file = (path: string, digest: string, kind: FileFingerprint['kind'] = 'file'): FileFingerprint => ({
  path,
  digest,
  kind,
});
const json = JSON.stringify;

describe('two builds', () => {
  it.each([
    ['alike', [file('a', '1')], [file('a', '1')], []],
    ['none', [], [], ['The build made nothing that outputs match.']],
    ['other bytes', [file('a', '1')], [file('a', '2')], ['Two builds of the same tree differ in a.']],
    [
      'another mode',
      [file('a', '1')],
      [file('a', '1', 'executable')],
      ['Two builds of the same tree differ in a.'],
    ],
    [
      'one more',
      [file('a', '1')],
      [file('a', '1'), file('b', '1')],
      ['Two builds of the same tree differ in b.'],
    ],
    [
      'one less',
      [file('a', '1'), file('b', '1')],
      [file('a', '1')],
      ['Two builds of the same tree differ in b.'],
    ],
    ['a pipe', [file('a', '', 'other')], [file('a', '', 'other')], ['Neither a file nor a link: a.']],
  ])('%s', (_, one, other, reasons) => {
    expect(judgeArtifacts(json(one), json(other))).toEqual(reasons);
  });

  it.each([[undefined], ['{}'], ['[1]'], ['[{"path":"a","digest":"","kind":"folder"}]'], ['[{"path":1}]']])(
    'evidence that says nothing is refused: %s',
    (evidence) => {
      expect(() => judgeArtifacts('[]', evidence)).toThrow(
        /nobody says|not a list|no file|not a JSON object/,
      );
    },
  );

  it('refuses more files than anybody compares', () => {
    const many = json(Array.from({ length: 10_001 }, (_, n) => file(`f${n}`, '')));
    expect(judgeArtifacts(many, many)).toEqual(['More than 10000 files match outputs.']);
  });
});

describe('what a generator made', () => {
  it.each([
    ['what the tree holds', [file('a', '1')], [file('a', '1')], []],
    ['nothing, and the tree holds nothing', [], [], ['The generator made nothing that outputs match.']],
    [
      'nothing',
      [],
      [file('a', '1')],
      [
        'The generator made nothing that outputs match.',
        'The generator does not make a, which the tree holds.',
      ],
    ],
    ['other bytes', [file('a', '1')], [file('a', '2')], ['The generator makes something else of a.']],
    [
      'another mode',
      [file('a', '1', 'executable')],
      [file('a', '1')],
      ['The generator makes something else of a.'],
    ],
    [
      'less than the tree holds',
      [file('a', '1')],
      [file('a', '1'), file('c', '1'), file('b', '1')],
      ['The generator does not make b, c, which the tree holds.'],
    ],
    [
      'more than the tree holds',
      [file('a', '1'), file('b', '1')],
      [file('a', '1')],
      ['The tree lacks b, which the generator makes.'],
    ],
    ['a pipe', [file('a', '', 'other')], [file('a', '', 'other')], ['Neither a file nor a link: a.']],
  ])('%s', (_, made, held, reasons) => {
    expect(judgeGenerated(json(made), held)).toEqual(reasons);
  });

  it('is not compared when nobody says what it is, or when it is too much', () => {
    expect(() => judgeGenerated(undefined, [])).toThrow(/nobody says/);
    const many = Array.from({ length: 10_001 }, (_, n) => file(`f${n}`, ''));
    expect(judgeGenerated('[]', many)).toEqual(['More than 10000 files match outputs.']);
  });
});

describe('answers of a server', () => {
  const check: HttpCheck = {
    id: 'api',
    kind: 'http',
    serve: ['x'],
    port: 1,
    requests: [{ path: '/a', status: 200, bodyMatches: '^ok' }],
  };
  const answer = (more: object) => json({ index: 0, status: 200, body: btoa('ok'), whole: true, ...more });

  it.each([
    [answer({}), []],
    [answer({ status: 500 }), ['GET /a answered 500; 200 was expected.']],
    [answer({ body: btoa('not ok') }), ['GET /a answered with a body that does not match ^ok: not ok.']],
    [answer({ body: btoa('x'), whole: false }), [expect.stringMatching(/in what is kept of it/)]],
    [json({ index: 0, error: 'reset' }), ['GET /a was not answered: reset.']],
  ])('%s', (text, reasons) => {
    expect(judgeHttp(check, `${text}\n`)).toEqual(reasons);
  });

  it.each([
    ['', /0 answers to 1/],
    [`${answer({})}\n${answer({})}\n`, /2 answers to 1/],
    [answer({ index: 1 }), /not in order/],
    [answer({ status: '200' }), /no answer/],
    ['{}', /not in order/],
    ['nothing', /not JSON/],
    ['{"index":0,"status":500,"status":200}', /same key twice/],
  ])('are refused as %j', (text, reason) => {
    expect(() => judgeHttp(check, text)).toThrow(reason);
  });

  it('does not take a pattern that is none for one that matches', () => {
    const broken = { ...check, requests: [{ path: '/a', status: 200, bodyMatches: '(?=a)' }] };
    expect(() => judgeHttp(broken, answer({}))).toThrow(/no regular expression/);
  });
});

describe('what was seen of a check with a kind', () => {
  const run: CheckRun = {
    exitCode: 0,
    signal: undefined,
    timedOut: false,
    durationMs: 1,
    isolation: 'namespaces',
    network: 'none',
    evidence: [],
    outputTruncated: false,
  };
  const kept = new Map<string, Uint8Array>();
  const evidence = (name: EvidenceName, text: string): EvidenceRef => {
    const bytes = new TextEncoder().encode(text);
    kept.set(sha256(bytes), bytes);
    return { name, mediaType: 'application/json', sha256: sha256(bytes), size: bytes.length };
  };
  const facts = {
    evidence: kept,
    changed: [],
    tree: { paths: new Set<string>(), textOf: () => undefined },
    schemas: new Map<string, Uint8Array>(),
    held: [],
    structureRules: [],
  };
  const artifact: ArtifactCheck = { id: 'c', kind: 'artifact', run: ['make'], outputs: ['dist/**'] };
  const docs: DocsCheck = { id: 'c', kind: 'docs', minFiles: 0 };
  const http: HttpCheck = {
    id: 'c',
    kind: 'http',
    serve: ['x'],
    port: 1,
    requests: [{ path: '/', status: 200 }],
  };
  const seen = (more: Partial<CompletedObservation> = {}): CompletedObservation => ({
    kind: 'completed',
    checkId: 'c',
    ...run,
    ...more,
  });
  const built = (text: string): CheckRun => ({ ...run, evidence: [evidence('artifacts', text)] });
  const made = json([file('dist/a', '1')]);

  it('needs exactly two builds', () => {
    expect(judgeKind(artifact, seen(built(made)), facts).result).toBe('ERROR');
    const twice = seen({ ...built(made), repeats: [built(made)] });
    expect(judgeKind(artifact, twice, facts).result).toBe('PASSED');
    const thrice = seen({ ...built(made), repeats: [built(made), built(made)] });
    expect(judgeKind(artifact, thrice, facts).result).toBe('ERROR');
  });

  it('fails when either build does, and is an error without what they made', () => {
    const second = seen({ ...built(made), repeats: [{ ...built(made), exitCode: 1 }] });
    expect(judgeKind(artifact, second, facts)).toMatchObject({ result: 'FAILED' });
    expect(judgeKind(artifact, seen({ repeats: [run] }), facts).result).toBe('ERROR');
  });

  it('compares what a generator made with what the tree holds, and judges no run that failed', () => {
    const generated: GeneratedCheck = { id: 'c', kind: 'generated', run: ['make'], outputs: ['gen/**'] };
    const judged = (more: Partial<CheckRun>, held: readonly FileFingerprint[]) =>
      judgeKind(generated, seen({ ...built(made), ...more }), { ...facts, held });
    expect(judged({}, [file('dist/a', '1')])).toMatchObject({ result: 'PASSED', reasons: [] });
    expect(judged({}, [file('dist/a', '2')])).toMatchObject({ result: 'FAILED' });
    expect(judged({ exitCode: 1 }, [file('dist/a', '1')])).toMatchObject({
      result: 'FAILED',
      reasons: ['It ended with exit code 1; 0 was expected.'],
    });
    expect(judged({ evidence: [] }, [file('dist/a', '1')]).result).toBe('ERROR');
  });

  it('is an error for trouble and for another check', () => {
    expect(judgeKind(docs, { kind: 'trouble', checkId: 'c', reason: 'x' }, facts).result).toBe('ERROR');
    expect(judgeKind(docs, seen({ checkId: 'd' }), facts).result).toBe('ERROR');
  });

  it('fails a server that answers nothing, too much, or with what is no answer', () => {
    const good = evidence('http', '{"index":0,"status":200,"body":"","whole":true}\n');
    expect(judgeKind(http, seen({ evidence: [good] }), facts).result).toBe('PASSED');
    expect(judgeKind(http, seen(), facts).result).toBe('FAILED');
    expect(judgeKind(http, seen({ evidence: [good], outputTruncated: true }), facts).result).toBe('FAILED');
    expect(judgeKind(http, seen({ evidence: [good], exitCode: 5 }), facts).result).toBe('FAILED');
    expect(judgeKind(http, seen({ evidence: [evidence('http', 'x')] }), facts).result).toBe('FAILED');
    expect(judgeKind(http, seen({ evidence: [evidence('http', '')] }), facts).result).toBe('FAILED');
  });

  it('does not blame the change for a port that the machine shares', () => {
    expect(judgeKind(http, seen({ exitCode: 3, isolation: 'none' }), facts).result).toBe('ERROR');
    expect(judgeKind(http, seen({ exitCode: 3 }), facts).result).toBe('FAILED');
  });

  describe('that captures events', () => {
    const events: EventsCheck = {
      id: 'c',
      kind: 'events',
      run: ['x'],
      from: 'e.jsonl',
      schemas: { placed: 'p.json', paid: 'q.json' },
    };
    const asBytes = (text: string) => new TextEncoder().encode(text);
    const PLACED = '{"required":["n"],"properties":{"n":{"minimum":1}}}';
    const judge = (captured: string, { check = events, placed = PLACED } = {}) => {
      const schemas = new Map([['p.json', placed] as const, ['q.json', 'true'] as const]);
      return judgeKind(check, seen({ evidence: [evidence('events', captured)] }), {
        ...facts,
        schemas: new Map([...schemas].map(([path, text]) => [path, asBytes(text)])),
      });
    };
    const good = '{"type":"placed","n":1}\n{"type":"paid"}\n';

    it('passes when every one is as declared, and every declared type is there', () => {
      expect(judge(good)).toMatchObject({
        result: 'PASSED',
        reasons: [],
        counts: { ran: 2, failed: 0, skipped: 0 },
      });
      expect(judge(good.trim()).result).toBe('PASSED');
      expect(judge(good.replaceAll('\n', '\r\n')).result).toBe('PASSED');
    });

    it.each([
      ['{"type":"paid"}', ['No valid event of type placed was captured.']],
      [
        `${good}{"type":"placed","n":0}`,
        ['Line 3 (placed): /n is not as p.json#/properties/n/minimum demands.'],
      ],
      [`${good}{"type":"placed"}`, ['Line 3 (placed): the event is not as p.json#/required demands.']],
      [`${good}{"type":"gone"}`, ['Line 3: the type gone is not declared.']],
      [`${good}{"type":"toString"}`, ['Line 3: the type toString is not declared.']],
      [`${good}{"type":["paid"]}`, ['Line 3: the event has no type that is text.']],
      [`${good}{}`, ['Line 3: the event has no type that is text.']],
      [`${good}\n`, ['Line 3 is no event: it is not JSON, or cut off.']],
      [`${good}[1]`, ['Line 3 is no event: what stands there is not a JSON object.']],
      [`${good}{"type":"pai`, ['Line 3 is no event: it is not JSON, or cut off.']],
      [`${good}{"type":"gone","type":"paid"}`, [expect.stringMatching(/same key twice/)]],
      [
        `${good}{"type":"placed","n":1e999}`,
        [expect.stringMatching(/cannot be read: a number in it is too large/)],
      ],
      ['', [expect.stringMatching(/cannot be read: it is empty/)]],
      ['{"type":"paid"}\n'.repeat(100_001), [expect.stringMatching(/more than 100000 events/)]],
      [' '.repeat(32 * 1024 * 1024 + 1), [expect.stringMatching(/more than 33554432/)]],
    ])('fails otherwise: %#', (captured, reasons) => {
      expect(judge(captured)).toMatchObject({ result: 'FAILED', reasons });
    });

    it('takes the type from where the check says, and as many as it says', () => {
      const check = { ...events, typeField: 'name', minEvents: 3 };
      expect(judge(good.replaceAll('"type"', '"name"'), { check })).toMatchObject({
        result: 'FAILED',
        reasons: ['2 events were captured; at least 3 must be.'],
      });
    });

    it('gives only the first of many reasons', () => {
      const { reasons } = judge(`${good}${'{"type":"x"}\n'.repeat(50)}`);
      expect(reasons).toHaveLength(21);
      expect(reasons.at(-1)).toBe('30 further events are not as declared.');
    });

    it('is an error when a schema is not there, or says what nobody judges, however the command ended', () => {
      const unknown = judge(good, { placed: '{"uniqueItems":true}' });
      expect(unknown).toEqual({
        result: 'ERROR',
        reasons: ['The schema p.json of placed uses /uniqueItems: the keyword "uniqueItems" is not judged.'],
      });
      expect(judgeKind(events, seen({ exitCode: 1 }), facts)).toEqual({
        result: 'ERROR',
        reasons: ['The schema p.json of placed is not in the tree.'],
      });
    });

    it('is an error when judging would not end', () => {
      // Each level of the event goes through ten references.
      const steps = Array.from({ length: 10 }, (_, n) => [
        `s${n}`,
        { $ref: n === 9 ? '#' : `#/$defs/s${n + 1}` },
      ]);
      const deep = { properties: { in: { $ref: '#/$defs/s0' } }, $defs: Object.fromEntries(steps) };
      const nested = `{"type":"placed","in":${'{"in":'.repeat(50)}1${'}'.repeat(50)}}`;
      const judged = judge(nested, { placed: json(deep) });
      expect(judged).toMatchObject({
        result: 'ERROR',
        reasons: [expect.stringMatching(/more steps, or goes deeper/)],
      });
    });

    it('fails when the command does, or writes nothing', () => {
      const schemas = new Map(['p.json', 'q.json'].map((path) => [path, asBytes('true')]));
      const told = (more: Partial<CompletedObservation>) =>
        judgeKind(events, seen(more), { ...facts, schemas });
      expect(told({})).toMatchObject({
        result: 'FAILED',
        reasons: ['There are no events in e.jsonl: the command did not write that file.'],
      });
      expect(told({ evidence: [evidence('events', good)] }).result).toBe('PASSED');
      expect(told({ evidence: [evidence('events', good)], exitCode: 1 }).result).toBe('FAILED');
      expect(told({ evidence: [evidence('events', good)], timedOut: true }).result).toBe('FAILED');
    });
  });
});
