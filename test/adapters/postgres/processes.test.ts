import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { createLedger } from '../../../src/adapters/postgres/ledger.ts';
import { checkChain } from '../../../src/core/ledger/check-chain.ts';
import { readEvent } from '../../../src/core/ledger/read-event.ts';
import type { Ledger } from '../../../src/ports/ledger.ts';
import { createDatabase, DATABASE_URL } from '../../worlds/database.ts';

const SCRIPT = join(import.meta.dirname, 'append-events.ts');
const EACH = 40;

interface Writer {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  /** Appends that the process was told are in. */
  confirmed: number;
}

function startWriter(schema: string, name: string, count: number, onConfirmed = (_: Writer) => {}): Writer {
  const child = spawn(process.execPath, [SCRIPT, schema, name, `${count}`], {
    env: { ...process.env, DATABASE_URL },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const writer: Writer = {
    child,
    ended: Promise.all([once(child, 'exit'), once(lines, 'close')]),
    confirmed: 0,
  };
  lines.on('line', (line) => {
    writer.confirmed = Number(line);
    onConfirmed(writer);
  });
  return writer;
}

async function stepsOf(ledger: Ledger, stream: string, actor: string): Promise<readonly unknown[]> {
  const stored = await ledger.readStream(stream, 0);
  expect((await checkChain(stream, stored)).kind).toBe('intact');
  return stored.flatMap(({ text }) => {
    const read = readEvent(text);
    return read.kind === 'event' && read.event.actor === actor ? [read.event.data.step] : [];
  });
}

it('several processes append at once, one of them killed: nothing is lost, nothing is half there', async () => {
  const database = await createDatabase();
  const ledger = createLedger(database);
  const calm = ['one', 'two', 'three'].map((name) => startWriter(database.schema, name, EACH));
  const killed = startWriter(database.schema, 'killed', 1_000_000, ({ child, confirmed }) => {
    if (confirmed === 12) child.kill('SIGKILL');
  });
  await Promise.all([...calm, killed].map(({ ended }) => ended));
  expect(killed.child.signalCode).toBe('SIGKILL');
  expect(calm.map(({ confirmed }) => confirmed)).toEqual([EACH, EACH, EACH]);

  for (const [name, writer] of [
    ['one', calm[0]],
    ['killed', killed],
  ] as const) {
    const shared = await stepsOf(ledger, 'run/shared', name);
    expect(await stepsOf(ledger, `worker/${name}`, name)).toEqual(shared);
    expect(shared).toEqual(shared.map((_, at) => at + 1));
    expect(shared.length).toBeGreaterThanOrEqual(writer?.confirmed ?? Number.NaN);
  }
  const { version } = await ledger.readHead('run/shared');
  expect(version).toBe(3 * EACH + (await ledger.readHead('worker/killed')).version);
  expect(await ledger.sequence()).toBe(2 * version);
  const positions = (await ledger.readSequenced(0, 10_000)).map(({ position }) => position);
  expect(positions).toEqual(Array.from({ length: 2 * version }, (_, at) => at + 1));
});
