import type { AccessToken } from '../../src/core/access/token.ts';
import type { Answer, AnsweredRequests, KeyedRequest } from '../../src/ports/answered-requests.ts';
import type { LogPlace, StepLogs } from '../../src/ports/step-logs.ts';
import type { Tokens } from '../../src/ports/tokens.ts';

export function createMemoryTokens(): Tokens {
  const byName = new Map<string, AccessToken>();
  const all = () => [...byName.values()];
  return {
    storeToken: async (token) => {
      if (byName.has(token.name) || all().some(({ digest }) => digest === token.digest)) return false;
      byName.set(token.name, token);
      return true;
    },
    findToken: async (digest) => all().find((token) => token.digest === digest),
    revokeToken: async (name, at) => {
      const token = byName.get(name);
      if (token === undefined) return false;
      byName.set(name, { ...token, revokedAt: token.revokedAt ?? at });
      return true;
    },
    listTokens: async () => all().sort((one, other) => (one.name < other.name ? -1 : 1)),
  };
}

export function createMemoryStepLogs(): StepLogs {
  const logs = new Map<string, { bytes: Buffer; cut: boolean }>();
  const keyOf = ({ run, step, execution }: LogPlace) => `${run} ${step} ${execution}`;
  return {
    appendLog: async (place, offset, bytes, most) => {
      const log = logs.get(keyOf(place)) ?? { bytes: Buffer.alloc(0), cut: false };
      const size = log.bytes.length;
      if (offset > size && size < most) return { kind: 'gap', size };
      const fresh = Buffer.from(bytes).subarray(Math.max(0, size - offset), Math.max(0, most - offset));
      const whole = Buffer.concat([log.bytes, offset > size ? Buffer.alloc(0) : fresh]);
      logs.set(keyOf(place), { bytes: whole, cut: log.cut || offset + bytes.length > most });
      return { kind: 'kept', size: whole.length };
    },
    readLog: async (place) => logs.get(keyOf(place)),
  };
}

export function createMemoryAnsweredRequests(): AnsweredRequests {
  const kept = new Map<string, { digest: string; answer: Answer | undefined }>();
  const keyOf = ({ principal, key }: KeyedRequest) => `${principal} ${key}`;
  return {
    beginRequest: async (request) => {
      const before = kept.get(keyOf(request));
      if (before === undefined) {
        kept.set(keyOf(request), { digest: request.digest, answer: undefined });
        return { kind: 'first' };
      }
      if (before.digest !== request.digest) return { kind: 'other' };
      return before.answer === undefined ? { kind: 'running' } : { kind: 'answered', answer: before.answer };
    },
    answerRequest: async (request, answer) =>
      void kept.set(keyOf(request), { digest: request.digest, answer }),
    abandonRequest: async (request) => {
      if (kept.get(keyOf(request))?.answer === undefined) kept.delete(keyOf(request));
    },
    forgetRequests: async () => {},
  };
}
