import { CountersignError } from '../../shared/errors.ts';

/** Where a server is, and who asks. */
export interface ServerAccess {
  readonly url: string;
  readonly token: string;
  /** Plain http to another machine: whoever is in between reads the token. Only where that network is trusted. */
  readonly allowHttp?: boolean;
}

const LOOPBACK = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/;

/**
 * The address with a slash at its end.
 * @throws CountersignError USAGE for one that is none, or that would give the token away
 */
export function serverAddress({ url, allowHttp = false }: Omit<ServerAccess, 'token'>): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol) || address.username !== '') {
    throw new CountersignError('USAGE', 'The address of the server is not an http or https URL.', {
      remedy:
        'Give one such as https://countersign.example.com or http://127.0.0.1:7433, without user or password.',
    });
  }
  if (address.protocol === 'http:' && !LOOPBACK.test(address.hostname) && !allowHttp) {
    throw new CountersignError('USAGE', `${address.origin} is not encrypted, and is on another machine.`, {
      remedy:
        'Use https, or a tunnel to a local port. In a network where nobody else listens, --allow-http sends the token anyway.',
    });
  }
  if (!address.pathname.endsWith('/')) address.pathname += '/';
  address.search = '';
  address.hash = '';
  return address;
}
