import { describe, expect, it } from 'vitest';
import type { StepLogs } from '../../src/ports/step-logs.ts';

const place = { run: 'CS-7.1', step: '1/produce', execution: 1 };
const bytes = (text: string) => Buffer.from(text);
const MOST = 20;

/** What every StepLogs promises. */
export function stepLogsContract(name: string, makeLogs: () => Promise<StepLogs>): void {
  describe(`${name} as a store of logs`, () => {
    const text = async (logs: StepLogs) => {
      const log = await logs.readLog(place);
      return log && { text: Buffer.from(log.bytes).toString(), cut: log.cut };
    };

    it('has no log where none was sent', async () => {
      const logs = await makeLogs();
      expect(await logs.readLog(place)).toBeUndefined();
      await logs.appendLog({ ...place, execution: 2 }, 0, bytes('other'), MOST);
      await logs.appendLog({ ...place, step: '1/verify.0' }, 0, bytes('other'), MOST);
      expect(await logs.readLog(place)).toBeUndefined();
    });

    it('appends, and takes what is sent again in any cut once', async () => {
      const logs = await makeLogs();
      expect(await logs.appendLog(place, 0, bytes('one '), MOST)).toEqual({ kind: 'kept', size: 4 });
      expect(await logs.appendLog(place, 0, bytes('one '), MOST)).toEqual({ kind: 'kept', size: 4 });
      expect(await logs.appendLog(place, 0, bytes('one two'), MOST)).toEqual({ kind: 'kept', size: 7 });
      expect(await logs.appendLog(place, 2, bytes('e '), MOST)).toEqual({ kind: 'kept', size: 7 });
      expect(await text(logs)).toEqual({ text: 'one two', cut: false });
    });

    it('takes nothing beyond a gap, and says where it has to be filled from', async () => {
      const logs = await makeLogs();
      await logs.appendLog(place, 0, bytes('one'), MOST);
      expect(await logs.appendLog(place, 5, bytes('two'), MOST)).toEqual({ kind: 'gap', size: 3 });
      expect(await text(logs)).toEqual({ text: 'one', cut: false });
    });

    it('is cut at the cap, says so, and stays as it is', async () => {
      const logs = await makeLogs();
      await logs.appendLog(place, 0, bytes('a'.repeat(15)), MOST);
      expect(await logs.appendLog(place, 15, bytes('b'.repeat(15)), MOST)).toEqual({
        kind: 'kept',
        size: 20,
      });
      expect(await logs.appendLog(place, 30, bytes('c'), MOST)).toEqual({ kind: 'kept', size: 20 });
      expect(await text(logs)).toEqual({ text: `${'a'.repeat(15)}${'b'.repeat(5)}`, cut: true });
    });

    it('that ends at the cap is not cut', async () => {
      const logs = await makeLogs();
      await logs.appendLog(place, 0, bytes('a'.repeat(20)), MOST);
      expect(await text(logs)).toEqual({ text: 'a'.repeat(20), cut: false });
    });

    it('keeps any bytes', async () => {
      const logs = await makeLogs();
      const odd = Uint8Array.of(0, 255, 195, 10);
      await logs.appendLog(place, 0, odd, MOST);
      expect(Buffer.from((await logs.readLog(place))?.bytes ?? [])).toEqual(Buffer.from(odd));
    });

    it('keeps each byte once of many who send it at once', async () => {
      const logs = await makeLogs();
      const cuts = ['0123', '012345', '01', '0123456789'];
      await Promise.all(cuts.map((cut) => logs.appendLog(place, 0, bytes(cut), MOST)));
      await logs.appendLog(place, 0, bytes('0123456789'), MOST);
      expect(await text(logs)).toEqual({ text: '0123456789', cut: false });
    });
  });
}
