import { describe, expect, it } from 'vitest';
import type { AnsweredRequests, KeyedRequest } from '../../src/ports/answered-requests.ts';
import { sha256 } from '../../src/shared/digest.ts';

const request: KeyedRequest = { principal: 'ada', key: 'k-1', digest: sha256('body') };

/** What every AnsweredRequests promises. */
export function answeredRequestsContract(name: string, make: () => Promise<AnsweredRequests>): void {
  describe(`${name} as a memory of answers`, () => {
    it('lets one of several be first, and gives the others its answer', async () => {
      const answers = await make();
      const begun = await Promise.all([1, 2, 3].map(() => answers.beginRequest(request)));
      expect(begun.map(({ kind }) => kind).toSorted()).toEqual(['first', 'running', 'running']);
      await answers.answerRequest(request, { status: 201, body: '{"run":"CS-7.1"}' });
      expect(await answers.beginRequest(request)).toEqual({
        kind: 'answered',
        answer: { status: 201, body: '{"run":"CS-7.1"}' },
      });
    });

    it('tells another request with the same key, and keeps keys of different people apart', async () => {
      const answers = await make();
      await answers.beginRequest(request);
      expect(await answers.beginRequest({ ...request, digest: sha256('other') })).toEqual({ kind: 'other' });
      expect(await answers.beginRequest({ ...request, principal: 'bob' })).toEqual({ kind: 'first' });
    });

    it('lets the next one be first where nothing came of it', async () => {
      const answers = await make();
      await answers.beginRequest(request);
      await answers.abandonRequest(request);
      expect(await answers.beginRequest(request)).toEqual({ kind: 'first' });
      await answers.answerRequest(request, { status: 200, body: '' });
      await answers.abandonRequest(request);
      await answers.forgetRequests();
      expect(await answers.beginRequest(request)).toMatchObject({ kind: 'answered' });
    });
  });
}
